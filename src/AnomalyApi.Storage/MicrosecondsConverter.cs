using AnomalyApi.Flows;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace AnomalyApi.Storage;

/// <summary>Times as microseconds since 1970.</summary>
internal sealed class MicrosecondsConverter()
    : ValueConverter<DateTime, long>(utc => FlowTime.ToMicroseconds(utc), microseconds => FlowTime.FromMicroseconds(microseconds));

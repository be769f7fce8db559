using AnomalyApi.Flows;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace AnomalyApi.Storage;

/// <summary>Addresses as their 16 bytes.</summary>
internal sealed class AddressConverter() : ValueConverter<IpAddressValue, byte[]>(address => address.ToBytes(), bytes => FromBytes(bytes))
{
    // An expression tree cannot hold the conversion to a span.
    private static IpAddressValue FromBytes(byte[] bytes) => IpAddressValue.FromBytes(bytes);
}

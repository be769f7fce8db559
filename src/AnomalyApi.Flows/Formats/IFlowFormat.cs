using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats;

/// <summary>Reads flows from a body as it arrives. Stateless, so one instance serves all requests.</summary>
public interface IFlowFormat
{
    /// <summary>The name in docs and metrics, for example <c>zeek-conn</c>.</summary>
    string Name { get; }

    /// <summary>Media types that choose this format, lower case, the preferred one first.</summary>
    IReadOnlyList<string> ContentTypes { get; }

    /// <summary>Whether a body that begins so is in this format.</summary>
    /// <param name="head">The first bytes, up to <see cref="FlowFormatCatalog.HeadBytes"/>; perhaps all of the body, perhaps cut in the middle of a record.</param>
    bool Recognizes(ReadOnlySpan<byte> head);

    /// <summary>Reads to the end of <paramref name="body"/>. A bad record is rejected with its line and reason, and the rest goes on.
    /// Never holds more of the body than one record (at most <see cref="FlowFormatCatalog.MaxRecordBytes"/>) and what the pipe buffers.</summary>
    /// <exception cref="FlowFormatException">The body as a whole is not in this format.</exception>
    /// <exception cref="FlowLimitException">The target takes no more flows.</exception>
    ValueTask ReadAsync(PipeReader body, FlowReadTarget target, CancellationToken cancellationToken);
}

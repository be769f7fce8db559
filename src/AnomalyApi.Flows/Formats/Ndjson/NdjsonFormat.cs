using System.IO.Pipelines;
using System.Text.Json;
using AnomalyApi.Flows.Formats.Native;

namespace AnomalyApi.Flows.Formats.Ndjson;

/// <summary>Native flows, one JSON object a line. Blank lines are skipped; every bad line is rejected and the rest goes on.</summary>
internal sealed class NdjsonFormat : IFlowFormat
{
    /// <inheritdoc/>
    public string Name => "ndjson";

    /// <inheritdoc/>
    public IReadOnlyList<string> ContentTypes { get; } = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => BodyHead.HasJsonKeys(head, ["dst_ip", "protocol"]);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(PipeReader body, FlowReadTarget target, CancellationToken cancellationToken)
    {
        using var lines = new LineReader(body);
        var draft = new FlowDraft();
        while (await lines.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            while (lines.TryRead(target, out var line))
            {
                ReadLine(line, lines.LineNumber, draft, target);
            }
        }
    }

    private static void ReadLine(ReadOnlySpan<byte> line, int number, FlowDraft draft, FlowReadTarget target)
    {
        string? reason;
        try
        {
            reason = NativeFlowParser.Parse(line, draft);
        }
        catch (JsonException exception)
        {
            reason = JsonRecords.Describe(exception);
        }

        if (reason is null)
        {
            draft.Accept(target, number);
        }
        else
        {
            target.Reject(number, reason);
        }
    }
}

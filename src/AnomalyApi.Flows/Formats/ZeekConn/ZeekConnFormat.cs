using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats.ZeekConn;

/// <summary>Zeek's conn.log as TSV or as JSON, told apart by the first byte that is not blank.</summary>
internal sealed class ZeekConnFormat : IFlowFormat
{
    /// <inheritdoc/>
    public string Name => "zeek-conn";

    /// <inheritdoc/>
    public IReadOnlyList<string> ContentTypes { get; } = ["application/x-zeek-conn"];

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head)
    {
        var text = BodyHead.TextOf(head);
        return text.StartsWith("#separator"u8) || text.StartsWith("#fields"u8) || BodyHead.HasJsonKeys(head, ["id.orig_h", "id.resp_h"]);
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(PipeReader body, FlowReadTarget target, CancellationToken cancellationToken)
    {
        using var lines = new LineReader(body);
        ZeekTsvReader? tsv = null;
        ZeekJsonReader? json = null;
        while (await lines.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            while (lines.TryRead(target, out var line))
            {
                if (tsv is null && json is null)
                {
                    line = line.TrimStart(" \t"u8);
                    if (line[0] == '{')
                    {
                        json = new ZeekJsonReader();
                    }
                    else
                    {
                        tsv = new ZeekTsvReader();
                    }
                }

                if (json is not null)
                {
                    json.ReadLine(line.TrimStart(" \t"u8), lines.LineNumber, target);
                }
                else
                {
                    tsv!.ReadLine(line, lines.LineNumber, target);
                }
            }
        }
    }
}

using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats.Csv;

/// <summary>Any table of flows with a header line. What the header does not say, <see cref="FlowReadTarget.ColumnMap"/> may.</summary>
internal sealed class CsvFormat : IFlowFormat
{
    /// <inheritdoc/>
    public string Name => "csv";

    /// <inheritdoc/>
    public IReadOnlyList<string> ContentTypes { get; } = ["text/csv"];

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => CsvHeader.Recognizes(head);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(PipeReader body, FlowReadTarget target, CancellationToken cancellationToken)
    {
        using var lines = new LineReader(body);
        CsvReader? reader = null;
        byte[] header = [];
        var isBehind = false;
        while (await lines.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            while (lines.TryRead(target, out var line))
            {
                if (reader is null)
                {
                    header = line.ToArray();
                    reader = new CsvReader(CsvHeader.Read(line, target.ColumnMap));
                    target.AllowEmpty();
                }
                else if (isBehind || line.SequenceEqual("Summary"u8))
                {
                    // What nfdump puts behind its flows.
                    isBehind = true;
                    target.Skip("summary");
                }
                else if (line.Length != header.Length || !line.SequenceEqual(header))
                {
                    // The header again is where files were joined.
                    reader.ReadLine(line, lines.LineNumber, target);
                }
            }
        }
    }
}

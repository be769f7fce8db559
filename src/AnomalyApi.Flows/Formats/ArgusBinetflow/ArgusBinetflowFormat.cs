using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats.ArgusBinetflow;

/// <summary>Bidirectional flows as Argus' <c>ra</c> prints them, comma or tab, with or without labels: the form of the CTU-13 set.</summary>
internal sealed class ArgusBinetflowFormat : IFlowFormat
{
    /// <inheritdoc/>
    public string Name => "argus-binetflow";

    /// <inheritdoc/>
    public IReadOnlyList<string> ContentTypes { get; } = ["text/x-argus-binetflow"];

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => ArgusHeader.Recognizes(head);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(PipeReader body, FlowReadTarget target, CancellationToken cancellationToken)
    {
        using var lines = new LineReader(body);
        ArgusReader? reader = null;
        while (await lines.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            while (lines.TryRead(target, out var line))
            {
                if (reader is null)
                {
                    reader = new ArgusReader(ArgusHeader.Read(line));
                    target.AllowEmpty();
                }
                else
                {
                    reader.ReadLine(line, lines.LineNumber, target);
                }
            }
        }
    }
}

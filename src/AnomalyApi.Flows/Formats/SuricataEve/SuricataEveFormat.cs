using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats.SuricataEve;

/// <summary>Suricata's EVE log, one event a line. Events of type flow and netflow are flows, alerts mark them, all others are counted.</summary>
internal sealed class SuricataEveFormat : IFlowFormat
{
    /// <inheritdoc/>
    public string Name => "suricata-eve";

    /// <inheritdoc/>
    public IReadOnlyList<string> ContentTypes { get; } = ["application/x-suricata-eve"];

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => BodyHead.HasJsonKeys(head, ["timestamp", "event_type"]);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(PipeReader body, FlowReadTarget target, CancellationToken cancellationToken)
    {
        using var lines = new LineReader(body);
        using var events = new EveReader();
        while (await lines.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            while (lines.TryRead(target, out var line))
            {
                events.ReadLine(line, lines.LineNumber, target);
            }
        }
    }
}

namespace AnomalyApi.Flows.Formats.SuricataEve;

/// <summary>Joins alerts and flows of one body by flow id, whichever comes first.</summary>
/// <remarks>An alert is remembered for the flows behind it, a flow for the alerts behind it. What holds flows before their alert may take them out of
/// the batch at any wait for more of the body, so a remembered row is touched only while it still has the line it had: lines never come twice. The flow
/// of such a late alert stays without mark. Suricata itself writes a flow at its end, behind its alerts.</remarks>
internal sealed class EveAlerts : IDisposable
{
    private readonly FlowIdTable<EveAlert> _alerts = new();
    private readonly FlowIdTable<(int Row, int Line)> _flows = new();

    /// <summary>The label of a flow that comes after its alert; null when there was none.</summary>
    public string? LabelOf(ulong flowId) => _alerts.TryGet(flowId, out var alert) ? alert.Label : null;

    /// <summary>Remembers a flow that is the last of the batch.</summary>
    public void Remember(ulong flowId, FlowBatch batch) => _flows.Set(flowId, (batch.Count - 1, batch.Line[^1]));

    /// <summary>Takes an alert: the most severe one of a flow is its label, of equals the first.</summary>
    public void Mark(ulong flowId, EveAlert alert, FlowBatch batch)
    {
        if (_alerts.TryGet(flowId, out var known) && known.Severity <= alert.Severity)
        {
            return;
        }

        _alerts.Set(flowId, alert);
        if (_flows.TryGet(flowId, out var flow) && flow.Row < batch.Count && batch.Line[flow.Row] == flow.Line)
        {
            batch.Label[flow.Row] = alert.Label;
        }
    }

    /// <summary>Gives the tables back.</summary>
    public void Dispose()
    {
        _alerts.Dispose();
        _flows.Dispose();
    }
}

using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Ingest;

/// <summary>What one batch has taken of the budget; disposing gives it back.</summary>
internal sealed class FlowAllowance(FlowBudget budget, int maxFlows) : IDisposable
{
    private long _taken;

    /// <summary>Whether the batch was cut short because others hold the budget, not because of its own size.</summary>
    public bool IsBudgetSpent { get; private set; }

    /// <summary>Called before each flow is added.</summary>
    /// <exception cref="FlowLimitException">The batch is too large, or the budget is spent.</exception>
    public void Admit(int count)
    {
        if (count >= maxFlows)
        {
            throw new FlowLimitException($"A batch may hold {maxFlows} flows (Ingest:MaxFlowsPerBatch). Send less at a time.");
        }

        if (count < _taken)
        {
            return;
        }

        if (!budget.TryTake())
        {
            IsBudgetSpent = true;
            throw new FlowLimitException("Too many flows are in progress (Ingest:MaxFlowsInProgress).");
        }

        _taken += FlowBudget.Step;
    }

    public void Dispose()
    {
        budget.Release(_taken);
        _taken = 0;
    }
}

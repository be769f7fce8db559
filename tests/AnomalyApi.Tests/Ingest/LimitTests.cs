using System.Net;
using AnomalyApi.Ingest;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Ingest;

/// <summary>What one batch, and all of them together, may hold.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task A_batch_of_more_flows_than_allowed_is_refused_whole()
    {
        await using var service = await TestService.StartAsync(settings: ("Ingest:MaxFlowsPerBatch", "1000"));
        using var refused = await service.PostAsync(OfficeTraffic.Ndjson(1_001));
        Assert.Equal(
            "A batch may hold 1000 flows (Ingest:MaxFlowsPerBatch). Send less at a time.",
            await TestService.ProblemAsync(refused, HttpStatusCode.RequestEntityTooLarge, "too-many-flows"));
        using var taken = await service.PostAsync(OfficeTraffic.Ndjson(1_000));
        await TestService.JsonAsync(taken, HttpStatusCode.OK);
        Assert.Equal(1_000, (await service.GetAsync("/v1/stats")).GetProperty("flows").GetInt32());
    }

    [Fact]
    public async Task A_batch_that_finds_the_budget_of_flows_spent_is_told_to_come_back()
    {
        await using var service = await TestService.StartAsync(settings: ("Ingest:MaxFlowsInProgress", "2000"));
        using var refused = await service.PostAsync(OfficeTraffic.Ndjson(5_000));
        Assert.Equal(
            "Too many flows are in progress (Ingest:MaxFlowsInProgress).",
            await TestService.ProblemAsync(refused, HttpStatusCode.ServiceUnavailable, "overloaded"));
        Assert.NotNull(refused.Headers.RetryAfter);

        // What it took was given back.
        using var taken = await service.PostAsync(OfficeTraffic.Ndjson(1_000));
        await TestService.JsonAsync(taken, HttpStatusCode.OK);
    }

    [Fact]
    public void Batches_share_one_budget_and_give_back_what_they_took()
    {
        var budget = new FlowBudget(2 * FlowBudget.Step);
        var first = new FlowAllowance(budget, int.MaxValue);
        using var second = new FlowAllowance(budget, int.MaxValue);
        first.Admit(0);
        first.Admit(FlowBudget.Step);
        Assert.Throws<AnomalyApi.Flows.Formats.FlowLimitException>(() => second.Admit(0));
        Assert.True(second.IsBudgetSpent);
        first.Dispose();
        second.Admit(0);
    }
}

using AnomalyApi.Flows.Synthetic;

namespace AnomalyApi.Flows.Tests.Synthetic;

public class SyntheticScenarioTests
{
    private static readonly DateTime Morning = new(2024, 4, 18, 8, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Every_kind_is_planted_and_flows_are_in_order()
    {
        var begun = new List<string>();
        var flows = Flows(20_000, 0.05, SyntheticAttackCatalog.All, begun);

        Assert.Equal(20_000, flows.Count);
        Assert.Equal(flows.OrderBy(flow => flow.Start), flows);
        Assert.Equal(SyntheticAttackCatalog.All.Select(attack => attack.Name), begun.Take(SyntheticAttackCatalog.All.Count));
        Assert.Equal(SyntheticAttackCatalog.All.Select(attack => attack.Name).Append("benign").Order(), flows.Select(flow => flow.Label!).Distinct().Order());
        Assert.InRange(flows.Count(flow => flow.Label != SyntheticTraffic.Benign), 800, 1_100);
    }

    [Fact]
    public void What_is_drawn_does_not_depend_on_how_many_at_a_time()
    {
        using var batch = FlowBatch.Rent();
        var scenario = Scenario(2_000, 0.1, SyntheticAttackCatalog.All);
        for (var i = 0; i < 2_000; i += 50)
        {
            Assert.True(batch.Count == 0 || FlowTime.FromMicroseconds(batch.StartMicroseconds[^1]) <= scenario.Clock);
            scenario.Add(batch, 50);
        }

        Assert.Equal(Flows(2_000, 0.1, SyntheticAttackCatalog.All), Enumerable.Range(0, batch.Count).Select(batch.Record));
    }

    [Fact]
    public void Without_attacks_there_is_everyday_work_only()
    {
        Assert.Equal(new SyntheticTraffic(7, Morning).Normal(500), Flows(500, 0.1, []));
        Assert.Equal(new SyntheticTraffic(7, Morning).Normal(500), Flows(500, 0, SyntheticAttackCatalog.All));
        Assert.Throws<ArgumentOutOfRangeException>(() => Scenario(1, 0.95, []));
    }

    [Fact]
    public void An_attack_alone_can_be_most_of_the_traffic()
    {
        var flows = Flows(10_000, 0.9, [SyntheticAttackCatalog.Get("syn-flood")]);

        Assert.InRange(flows.Count(flow => flow.Label == "syn-flood"), 8_500, 9_600);
    }

    private static List<FlowRecord> Flows(int count, double share, IReadOnlyList<SyntheticAttack> attacks, List<string>? begun = null)
    {
        using var batch = FlowBatch.Rent();
        Scenario(count, share, attacks, begun).Add(batch, count);
        return [.. Enumerable.Range(0, batch.Count).Select(batch.Record)];
    }

    private static SyntheticScenario Scenario(int count, double share, IReadOnlyList<SyntheticAttack> attacks, List<string>? begun = null) =>
        new(new SyntheticTraffic(7, Morning), attacks, share, count) { AttackBegins = attack => begun?.Add(attack.Name) };
}

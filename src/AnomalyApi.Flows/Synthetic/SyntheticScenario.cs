using AnomalyApi.Flows.Synthetic.Attacks;

namespace AnomalyApi.Flows.Synthetic;

/// <summary>Everyday work with attacks among it, in order of time. One attack after the other begins, and each keeps its own pace beside the others: a
/// beacon of an hour takes an hour of the traffic's clock. Not thread-safe.</summary>
public sealed class SyntheticScenario
{
    private readonly SyntheticTraffic _traffic;
    private readonly IReadOnlyList<SyntheticAttack> _attacks;
    private readonly double _share;
    private readonly long _expectedFlows;
    private readonly List<AttackScene> _running = [];
    private long _made;
    private long _promised;
    private int _begun;

    /// <param name="traffic">The everyday work; nobody else may draw from it.</param>
    /// <param name="attacks">The kinds to plant, in turn; none is allowed.</param>
    /// <param name="share">Share of the flows that belong to attacks, from 0 up to 0.9; less when slow attacks do not find the time.</param>
    /// <param name="expectedFlows">About how many flows will be drawn. When they are few, attacks are cut short so that every kind has its turn.</param>
    public SyntheticScenario(SyntheticTraffic traffic, IReadOnlyList<SyntheticAttack> attacks, double share, long expectedFlows)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(attacks);
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 0.9);
        _traffic = traffic;
        _attacks = attacks;
        _share = attacks.Count == 0 ? 0 : share;
        _expectedFlows = expectedFlows;
    }

    /// <summary>Told of every attack that begins.</summary>
    public Action<SyntheticAttack>? AttackBegins { get; init; }

    /// <summary>Start of the next flow.</summary>
    public DateTime Clock => FlowTime.FromMicroseconds(
        _running.Count == 0 ? _traffic.ClockMicroseconds : Math.Min(_traffic.ClockMicroseconds, _running.Min(scene => scene.NextStart)));

    /// <summary>Adds the next flows to a batch.</summary>
    public void Add(FlowBatch batch, int count)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var i = 0; i < count; i++)
        {
            if (_share > 0 && _promised < _share * (_made + 1))
            {
                BeginNext();
            }

            if (Earliest() is { } scene && scene.NextStart < _traffic.ClockMicroseconds)
            {
                scene.AddNext(batch);
                if (scene.Remaining == 0)
                {
                    _running.Remove(scene);
                }
            }
            else
            {
                _traffic.AddNormal(batch, 1);
            }

            _made++;
        }
    }

    private void BeginNext()
    {
        var attack = _attacks[_begun++ % _attacks.Count];
        var turn = (long)(_share * _expectedFlows / _attacks.Count);
        var flows = (int)Math.Clamp(turn, 5, attack.TypicalFlows);
        _promised += flows;
        _running.Add(_traffic.Begin(attack, flows));
        AttackBegins?.Invoke(attack);
    }

    private AttackScene? Earliest()
    {
        AttackScene? earliest = null;
        foreach (var scene in _running)
        {
            if (earliest is null || scene.NextStart < earliest.NextStart)
            {
                earliest = scene;
            }
        }

        return earliest;
    }
}

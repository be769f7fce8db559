using AnomalyApi.Flows.Synthetic.Attacks;
using AnomalyApi.Flows.Synthetic.Roles;

namespace AnomalyApi.Flows.Synthetic;

/// <summary>Makes believable traffic of an office of a hundred machines, and attacks to plant in it. The same seed gives the same flows on every platform. Not
/// thread-safe.</summary>
/// <remarks>For demonstrations and tests: every address is private or set aside for documentation and tests. Counts, flags, states and durations of a flow
/// go together as TCP, UDP and ICMP make them.</remarks>
public sealed class SyntheticTraffic
{
    /// <summary>Label of the flows that are not part of an attack.</summary>
    public const string Benign = "benign";

    internal const string Sensor = "office-1";

    // How often the mix of roles follows the clock.
    private const long SlotMicroseconds = 600_000_000;

    private readonly SyntheticRandom _random;
    private readonly OfficeScene _office;
    private readonly double[] _shares = new double[OfficeRoles.All.Length];
    private long _clock;
    private long _slotEnd = long.MinValue;
    private double _activity;

    /// <summary>Starts the clock of the traffic.</summary>
    /// <param name="start">UTC time of the first flow.</param>
    public SyntheticTraffic(ulong seed, DateTime start)
    {
        _random = new SyntheticRandom(seed);
        _office = new OfficeScene(_random);
        _clock = FlowTime.ToMicroseconds(start);
    }

    /// <summary>Mean flows an hour over a working day, above 0. The default, 1,200, is a quiet small office.</summary>
    public double FlowsPerHour { get; init; } = 1200;

    /// <summary>Whether as many flows come at night as by day. What they are follows the hour all the same.</summary>
    public bool IsSteady { get; init; }

    /// <summary>Start of the next normal flow.</summary>
    public DateTime Clock => FlowTime.FromMicroseconds(_clock);

    /// <summary><see cref="Clock"/> in UTC microseconds since 1970.</summary>
    internal long ClockMicroseconds => _clock;

    /// <summary>The next flows of everyday work, in order of time. The clock moves on.</summary>
    public IReadOnlyList<FlowRecord> Normal(int count)
    {
        using var batch = FlowBatch.Rent(count);
        AddNormal(batch, count);
        return Records(batch);
    }

    /// <summary>Adds the next flows of everyday work to a batch, in order of time. The clock moves on.</summary>
    /// <remarks>Allocates nothing but the batch's room.</remarks>
    public void AddNormal(FlowBatch batch, int count)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var i = 0; i < count; i++)
        {
            var flow = new FlowSketch { Start = _clock };
            NextRole().Next(_office, ref flow);
            flow.AddTo(batch, Sensor, Benign);
            var rate = FlowsPerHour * (IsSteady ? 1 : _activity);
            _clock += Math.Max(1, (long)(_random.Exponential(3600 / rate) * 1_000_000));
        }
    }

    /// <summary>An attack that begins now, in order of time. The clock stays, so everyday work goes on beside it.</summary>
    public IReadOnlyList<FlowRecord> Attack(SyntheticAttack attack, int count)
    {
        using var batch = FlowBatch.Rent(count);
        var scene = Begin(attack, count);
        while (scene.Remaining > 0)
        {
            scene.AddNext(batch);
        }

        return Records(batch);
    }

    /// <summary>An attack that begins now and whose flows are drawn one by one.</summary>
    internal AttackScene Begin(SyntheticAttack attack, int count) => new(attack, new SyntheticRandom(_random.Next()), _clock, count);

    private static List<FlowRecord> Records(FlowBatch batch) => [.. Enumerable.Range(0, batch.Count).Select(batch.Record)];

    private OfficeRole NextRole()
    {
        if (_clock >= _slotEnd)
        {
            FollowClock();
        }

        var dice = _random.Uniform() * _activity;
        var role = 0;
        while (role < _shares.Length - 1 && dice >= _shares[role])
        {
            dice -= _shares[role++];
        }

        return OfficeRoles.All[role];
    }

    private void FollowClock()
    {
        var whole = OfficeRoles.All.Sum(role => role.Share);
        for (var i = 0; i < _shares.Length; i++)
        {
            _shares[i] = OfficeRoles.All[i].Share / whole * OfficeRoles.All[i].Rhythm.At(_clock);
        }

        _activity = _shares.Sum();
        _slotEnd = ((_clock / SlotMicroseconds) + 1) * SlotMicroseconds;
    }
}

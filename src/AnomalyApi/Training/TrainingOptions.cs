using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Training;

/// <summary>How models are made when nobody says otherwise.</summary>
internal sealed record TrainingOptions
{
    /// <summary>Stored flows that start the first training by themselves, from 200 to 10,000,000. The default is 2,000.</summary>
    [Range(200, 10_000_000)]
    public int FirstTrainingFlows { get; init; } = 2_000;

    /// <summary>Most flows a training reads, from 200 to 10,000,000; more are sampled. The default is 200,000.</summary>
    [Range(200, 10_000_000)]
    public int MaxFlows { get; init; } = 200_000;

    /// <summary>How far back a training reads, from 1 min to 366 days. The default is 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "366.00:00:00")]
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The detector that is fitted, a name of <c>GET /v1/detectors</c>. The default is ensemble.</summary>
    public string Detector { get; init; } = "ensemble";

    /// <summary>Threads a fit may use, from 1 to 256, so that training leaves room for scoring. The default is half of the processors.</summary>
    [Range(1, 256)]
    public int MaxThreads { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Cron expression of the schedule that a new database begins with; empty for none. The default is every night at 03:00 UTC.</summary>
    public string DefaultSchedule { get; init; } = "0 3 * * *";

    /// <summary>How long another process may take to see a new model or training, from 100 ms to 1 min. The default is 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);
}

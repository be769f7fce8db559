using AnomalyApi.Scoring;
using AnomalyApi.Training;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Ingest;

/// <summary>Counts stored flows until there is a first model. Thread-safe.</summary>
internal sealed class LearningProgress(ModelSlot slot, IOptions<TrainingOptions> options)
{
    private long _stored;

    /// <summary>Whether there is no model yet.</summary>
    public bool IsLearning => slot.Snapshot() is null;

    /// <summary>Whether enough flows are stored for a first training that has not been had yet.</summary>
    public bool IsFirstTrainingDue => IsLearning && Interlocked.Read(ref _stored) >= options.Value.FirstTrainingFlows;

    /// <summary>Takes over a count from the database. A smaller one is older than what was added here meanwhile.</summary>
    public void Restore(long stored)
    {
        var known = Interlocked.Read(ref _stored);
        while (stored > known && Interlocked.CompareExchange(ref _stored, stored, known) is var now && now != known)
        {
            known = now;
        }
    }

    /// <summary>Adds what was just stored.</summary>
    public void Add(int flows) => Interlocked.Add(ref _stored, flows);

    /// <summary>How far the service is.</summary>
    /// <param name="adding">Flows that are about to be stored, which the answer to their batch counts in.</param>
    public LearningStatus Current(int adding = 0)
    {
        var need = options.Value.FirstTrainingFlows;
        if (slot.Snapshot() is not null)
        {
            return new LearningStatus("ready", need, need);
        }

        var have = Math.Min(Interlocked.Read(ref _stored) + adding, need);
        return new LearningStatus(have < need ? "collecting" : "training", have, need);
    }
}

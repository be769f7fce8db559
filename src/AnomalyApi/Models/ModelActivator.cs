using AnomalyApi.Detection.Files;
using AnomalyApi.Flows.Scoring;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Scoring;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;

namespace AnomalyApi.Models;

/// <summary>
/// Makes the registry's choice the live model of this process. A model that cannot be loaded leaves the live one as it is. Thread-safe.
/// </summary>
internal sealed partial class ModelActivator(
    ModelStore models, ModelSlot slot, ServiceMetrics metrics, ILogger<ModelActivator> logger) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private long _failedActivation;

    /// <summary>Why the registry's choice is not live here; null when it is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Makes <paramref name="version"/> live, here at once and in other processes when they next look.</summary>
    /// <returns>False when there is no such version.</returns>
    /// <exception cref="ModelFileException">The model cannot be loaded; nothing has changed.</exception>
    public async Task<bool> ActivateAsync(int version, string by, string reason, CancellationToken cancellationToken)
    {
        if (await models.ReadBytesAsync(version, cancellationToken) is not { } bytes)
        {
            return false;
        }

        // Loaded before it is announced: no process may be sent after a model that cannot score.
        FlowScoringModel.Read(bytes);
        if (!await models.ActivateAsync(ModelNames.Default, version, by, reason, cancellationToken))
        {
            return false;
        }

        // It is announced: whoever asked may hang up now, but this process must not stay behind the others.
        await RefreshAsync(CancellationToken.None);
        return true;
    }

    /// <summary>Loads the registry's choice if it is not live yet.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        ModelActivationRow? chosen = null;
        try
        {
            chosen = await models.ActiveAsync(ModelNames.Default, cancellationToken);
            if (chosen is null || chosen.Id == slot.Snapshot()?.ActivationId || chosen.Id == _failedActivation)
            {
                return;
            }

            var bytes = await models.ReadBytesAsync(chosen.Version, cancellationToken)
                ?? throw new ModelFileException($"Model {chosen.Version} is active, but is not stored.");
            slot.Publish(new LiveModel(chosen.Version, chosen.Id, FlowScoringModel.Read(bytes)));
            Fault = null;
            metrics.CountActivation();
            LogLive(chosen.Version, chosen.ActivatedBy, chosen.Reason);
        }
        catch (ModelFileException e)
        {
            _failedActivation = chosen?.Id ?? 0;
            Fault = $"Model {chosen?.Version} cannot be loaded: {e.Message}";
            LogFault(Fault);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Version} is live, activated by {By}: {Reason}")]
    private partial void LogLive(int version, string by, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Fault} The live model stays as it is.")]
    private partial void LogFault(string fault);
}

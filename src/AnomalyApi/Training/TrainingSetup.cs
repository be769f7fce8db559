using AnomalyApi.Platform.Configuration;
using AnomalyApi.Scoring;
using Microsoft.Extensions.Options;
using Quartz;

namespace AnomalyApi.Training;

internal static class TrainingSetup
{
    public static void AddTraining(this IServiceCollection services)
    {
        services.AddCheckedOptions<TrainingOptions>("Training");
        services.AddSingleton<IValidateOptions<TrainingOptions>, Check>();
        services.AddSingleton<TrainingQueue>();
        services.AddSingleton<ModelTraining>();
        services.AddSingleton<TrainingRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<TrainingRunner>());
        services.AddHostedService<UnscoredFlowScorer>();

        services.AddSingleton<ScheduleService>();
        services.AddQuartz(quartz =>
        {
            quartz.UseInMemoryStore(_ => { });
            quartz.AddJob<ScheduledTrainingJob>(job => job.WithIdentity("training").StoreDurably());
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        services.AddHostedService<ScheduleSync>();
    }

    // The checks speak of the fields of a request.
    private static string SettingOf(string field) => field == "detector" ? nameof(TrainingOptions.Detector) : nameof(TrainingOptions.DefaultSchedule);

    /// <summary>Refuses a default detector or schedule that could not be used.</summary>
    private sealed class Check(IOptions<ScoringOptions> scoring) : IValidateOptions<TrainingOptions>
    {
        public ValidateOptionsResult Validate(string? name, TrainingOptions options)
        {
            var errors = new Dictionary<string, string[]>();
            TrainingPlan.Of(new TrainingRequest(), options, scoring.Value, errors);
            if (options.DefaultSchedule.Length > 0)
            {
                ScheduleCron.Read(options.DefaultSchedule, "UTC", errors);
            }

            return errors.Count == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(errors.Select(error => $"Training:{SettingOf(error.Key)}: {string.Join(" ", error.Value)}"));
        }
    }
}

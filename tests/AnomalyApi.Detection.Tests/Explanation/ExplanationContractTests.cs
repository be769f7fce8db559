using AnomalyApi.Detection.Explanation;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Explanation;

/// <summary>What an explanation must say of every detector. Runs over the catalog, so a new one is covered when it is registered.</summary>
public sealed class ExplanationContractTests
{
    private const int Columns = 6;
    private const int Explained = 200;

    public static TheoryData<string> Names { get; } = new(DetectorCatalog.All.Select(detector => detector.Name));

    [Theory, MemberData(nameof(Names))]
    public void The_column_that_was_pushed_out_of_range_is_the_top_driver(string name)
    {
        var model = Fit(name);
        var rows = PushedRows(2500);
        var scores = Scores(model, rows);
        var limit = Scores(model, Some.NormalMatrix(1000, Columns, seed: 2)).Order().ElementAt(990);

        // Of a row that the detector does not find unusual, nothing is asked. An isolation forest finds one in ten: it has never seen a value
        // beyond 4, so 8 is the same to it. Others find nearly all.
        var found = Enumerable.Range(0, rows.RowCount).Where(row => scores[row] > limit).Take(Explained).ToArray();
        Assert.True(found.Length == Explained, $"Only {found.Length} rows are found.");

        var explainer = new RowExplainer(model, Some.NormalMatrix(30, Columns, seed: 5), new ExplanationOptions { RowBudget = 300 });
        var contributions = new double[Columns];
        var right = 0;
        foreach (var row in found)
        {
            var score = explainer.Explain(rows.Row(row), contributions);

            Assert.Equal(scores[row], score, 1e-4 * (1 + Math.Abs(score)));
            Assert.Equal(score - explainer.BaseScore, contributions.Sum(), 1e-6 * (1 + Math.Abs(score) + Math.Abs(explainer.BaseScore)));
            right += Array.IndexOf(contributions, contributions.Max()) == row % Columns ? 1 : 0;
        }

        Assert.True(right >= 195, $"The top driver is right in {right} of {Explained}.");
    }

    /// <summary>One column of each row, in turn, lies 6 to 10 standard deviations out, and no other beyond 2.</summary>
    private static FeatureMatrix PushedRows(int count)
    {
        var rows = Some.NormalMatrix(count, Columns, seed: 3);
        foreach (ref var value in rows.AsSpan())
            value = Math.Clamp(value, -2, 2);

        for (var row = 0; row < count; row++)
            rows.Row(row)[row % Columns] += 8;

        return rows;
    }

    /// <summary>Fitted on normal rows, or on normal ones and ones like those that will be looked for.</summary>
    private static IDetectorModel Fit(string name)
    {
        var descriptor = DetectorCatalog.Get(name);
        var rows = Some.NormalMatrix(1200, Columns);
        if (descriptor.Labels == LabelUse.Ignored)
            return PreparedDetector.For(descriptor, null).Fit(rows, new FitSettings(1), default);

        var labels = new RowLabel[1200];
        for (var row = 0; row < 1200; row++)
        {
            labels[row] = row % 4 == 0 ? RowLabel.Anomaly : RowLabel.Normal;
            if (row % 4 == 0)
                rows.Row(row)[row / 4 % Columns] += 8;
        }

        return PreparedDetector.For(descriptor, null).Fit(new TrainingRows(rows, labels), new FitSettings(1), default);
    }

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}

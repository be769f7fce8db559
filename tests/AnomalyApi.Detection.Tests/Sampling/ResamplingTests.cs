using AnomalyApi.Detection.Sampling;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Sampling;

public sealed class ResamplingTests
{
    private static readonly ResamplingMethod[] Methods = [ResamplingMethod.Under, ResamplingMethod.Over, ResamplingMethod.Smote];

    [Fact]
    public void Under_sampling_keeps_all_of_the_rarer_label_and_as_many_of_the_other()
    {
        var rows = Rows(normals: 90, anomalies: 10, unknown: 5);

        var under = Apply(rows, ResamplingMethod.Under);

        Assert.Equal((10, 10, 5), Counts(under));
        AssertInOrder(rows, under);
        Assert.Equal((40, 10, 5), Counts(Apply(rows, ResamplingMethod.Under, ratio: 0.25)));
        Assert.Equal((90, 10, 5), Counts(Apply(rows, ResamplingMethod.Under, ratio: 0.05)));
    }

    [Fact]
    public void Over_sampling_repeats_rows_of_the_rarer_label_evenly()
    {
        var rows = Rows(normals: 10, anomalies: 95, unknown: 5);

        var over = Apply(rows, ResamplingMethod.Over);

        // 85 rows more from 10: eight of each, and a ninth of five of them.
        Assert.Equal((95, 95, 5), Counts(over));
        Assert.Equal(rows.Features.AsSpan(), over.Features.AsSpan()[..(110 * 2)]);
        var times = Enumerable.Range(110, 85).GroupBy(row => over.Features.Row(row)[0]).Select(copies => copies.Count()).Order();
        Assert.Equal([8, 8, 8, 8, 8, 9, 9, 9, 9, 9], times);
        Assert.All(Enumerable.Range(110, 85), row => Assert.Equal(RowLabel.Normal, over.Label(row)));
        Assert.Equal((48, 95, 5), Counts(Apply(rows, ResamplingMethod.Over, ratio: 0.5)));
    }

    [Fact]
    public void Smote_makes_rows_between_neighbours_of_the_rarer_label()
    {
        // Anomalies at 0, 1 and 10 on a line; with one neighbour 0 goes to 1, 1 to 0 and 10 to 1. The second column is three times the first.
        var rows = new TrainingRows(
            Some.Matrix([0, 0], [1, 3], [10, 30], [5, 5], [5, 5], [5, 5], [5, 5], [5, 5], [5, 5], [5, 5], [5, 5], [5, 5]),
            Labels((RowLabel.Anomaly, 3), (RowLabel.Normal, 9)));

        var smote = Apply(rows, ResamplingMethod.Smote, neighbours: 1);

        // Six more, two from each row.
        Assert.Equal((9, 9, 0), Counts(smote));
        for (var row = 12; row < 18; row++)
        {
            var made = smote.Features.Row(row).ToArray();
            Assert.Equal(3 * made[0], made[1], 1e-4);
            Assert.InRange(made[0], row < 16 ? 0 : 1, row < 16 ? 1 : 10);
            Assert.Equal(RowLabel.Anomaly, smote.Label(row));
        }

        Assert.Contains(Enumerable.Range(16, 2), row => smote.Features.Row(row)[0] > 1.01);
    }

    [Fact]
    public void A_label_of_one_row_is_repeated()
    {
        var rows = Rows(normals: 7, anomalies: 1, unknown: 0);

        var smote = Apply(rows, ResamplingMethod.Smote);

        Assert.Equal((7, 7, 0), Counts(smote));
        for (var row = 8; row < 14; row++)
            Assert.Equal(rows.Features.Row(7).ToArray(), smote.Features.Row(row).ToArray());
    }

    [Fact]
    public void More_neighbours_than_rows_are_all_there_are()
    {
        var rows = new TrainingRows(
            Some.Matrix([0], [1], [2], [50], [50], [50], [50], [50], [50]), Labels((RowLabel.Anomaly, 3), (RowLabel.Normal, 6)));

        var smote = Apply(rows, ResamplingMethod.Smote, neighbours: 100);

        Assert.Equal((6, 6, 0), Counts(smote));
        Assert.All(Enumerable.Range(9, 3), row => Assert.InRange(smote.Features.Row(row)[0], 0, 2));
    }

    [Fact]
    public void Huge_and_missing_values_stay_what_they_are()
    {
        var rows = new TrainingRows(
            Some.Matrix([float.MaxValue, float.NaN], [float.MinValue, 1], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0]),
            Labels((RowLabel.Anomaly, 2), (RowLabel.Normal, 6)));

        var smote = Apply(rows, ResamplingMethod.Smote);

        // Two rows more begin at each of the two.
        for (var row = 8; row < 12; row++)
        {
            Assert.True(float.IsFinite(smote.Features.Row(row)[0]));
            Assert.Equal(row < 10 ? float.NaN : 1, smote.Features.Row(row)[1]);
        }
    }

    [Fact]
    public void With_one_label_only_or_none_nothing_is_done()
    {
        foreach (var method in Methods)
        {
            Assert.Equal((4, 0, 2), Counts(Apply(Rows(normals: 4, anomalies: 0, unknown: 2), method)));
            Assert.Equal((0, 4, 0), Counts(Apply(Rows(normals: 0, anomalies: 4, unknown: 0), method)));
            Assert.Equal((0, 0, 3), Counts(Apply(Some.NormalMatrix(3, 2), method)));
            Assert.Equal((0, 0, 0), Counts(Apply(new FeatureMatrix([], 0, 2), method)));
            Assert.Equal((4, 4, 0), Counts(Apply(Rows(normals: 4, anomalies: 4, unknown: 0), method)));
        }

        Assert.Equal((9, 4, 0), Counts(Apply(Rows(normals: 9, anomalies: 4, unknown: 0), ResamplingMethod.None)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_rows_and_another_others()
    {
        var rows = Rows(normals: 90, anomalies: 12, unknown: 3);
        foreach (var method in Methods)
        {
            var one = Apply(rows, method).Features.AsSpan().ToArray();

            Assert.Equal(one, Apply(rows, method).Features.AsSpan().ToArray());
            Assert.NotEqual(one, Apply(rows, method, seed: 2).Features.AsSpan().ToArray());
        }

        Assert.Equal(Rows(normals: 90, anomalies: 12, unknown: 3).Features.AsSpan(), rows.Features.AsSpan());
    }

    [Fact]
    public void The_rows_made_up_do_not_depend_on_the_threads()
    {
        var rows = Rows(normals: 900, anomalies: 300, unknown: 0);

        var one = Apply(rows, ResamplingMethod.Smote).Features.AsSpan().ToArray();

        Assert.Equal(one, Apply(rows, ResamplingMethod.Smote, maxThreads: 3).Features.AsSpan().ToArray());
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(
            () => new ResampledDetector(DetectorCatalog.Get("isolation-forest").Create(null), new() { Ratio = 0, Neighbours = 0 }));

        Assert.Contains("Ratio", error.Message, StringComparison.Ordinal);
        Assert.Contains("Neighbours", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detector_is_fitted_on_what_resampling_gives()
    {
        var rows = Rows(normals: 300, anomalies: 20, unknown: 0);
        var inner = DetectorCatalog.Get("support-vector-machine").Create(null);
        var options = new ResamplingOptions { Method = ResamplingMethod.Smote };
        var resampled = new ResampledDetector(inner, options);

        var expected = inner.Fit(Resampling.Apply(rows, options, new FitSettings(5), default), new FitSettings(5), default);
        var model = resampled.Fit(rows, new FitSettings(5), default);

        float[] one = new float[320], other = new float[320];
        expected.Score(rows.Features, one);
        model.Score(rows.Features, other);
        Assert.Equal(one, other);
        Assert.Equal("support-vector-machine", resampled.Name);
        Assert.ThrowsAny<OperationCanceledException>(() => resampled.Fit(rows, new FitSettings(5), new CancellationToken(canceled: true)));
    }

    private static TrainingRows Rows(int normals, int anomalies, int unknown) => new(
        Some.NormalMatrix(normals + anomalies + unknown, 2),
        Labels((RowLabel.Normal, normals), (RowLabel.Anomaly, anomalies), (RowLabel.Unknown, unknown)));

    private static RowLabel[] Labels(params (RowLabel Label, int Count)[] runs) =>
        [.. runs.SelectMany(run => Enumerable.Repeat(run.Label, run.Count))];

    private static TrainingRows Apply(
        TrainingRows rows, ResamplingMethod method, double ratio = 1, int neighbours = 5, ulong seed = 1, int maxThreads = 1) =>
        Resampling.Apply(rows, new ResamplingOptions { Method = method, Ratio = ratio, Neighbours = neighbours }, new FitSettings(seed, maxThreads), default);

    private static (int Normals, int Anomalies, int Unknown) Counts(TrainingRows rows) =>
        (rows.Count(RowLabel.Normal), rows.Count(RowLabel.Anomaly), rows.Count(RowLabel.Unknown));

    private static void AssertInOrder(TrainingRows all, TrainingRows kept)
    {
        var at = 0;
        for (var row = 0; row < kept.RowCount; row++, at++)
        {
            while (!all.Features.Row(at).SequenceEqual(kept.Features.Row(row)))
                at++;

            Assert.Equal(all.Label(at), kept.Label(row));
        }
    }
}

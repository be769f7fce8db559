using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Testing;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Scoring;

public sealed class TrimmedDetectorTests
{
    [Fact]
    public void The_most_anomalous_rows_are_not_fitted()
    {
        var watcher = new Watcher();
        var rows = Rows();

        new TrimmedDetector(watcher, 0.1).Fit(rows, new FitSettings(1), default);

        // A tenth of 210; the ten far ones are among them.
        Assert.Equal(189, watcher.Seen.RowCount);
        Assert.DoesNotContain(50, watcher.Seen.Features.AsSpan().ToArray());
    }

    [Fact]
    public void Rows_labelled_anomalous_stay()
    {
        var watcher = new Watcher();
        var rows = Rows();
        var labels = Enumerable.Range(0, 210).Select(row => row < 200 ? Normal : Anomaly).ToArray();

        new TrimmedDetector(watcher, 0.1).Fit(new TrainingRows(rows, labels), new FitSettings(1), default);

        Assert.Equal((180, 10), (watcher.Seen.Count(Normal), watcher.Seen.Count(Anomaly)));
    }

    [Fact]
    public void Missing_values_are_judged_as_the_median()
    {
        var watcher = new Watcher();
        var rows = Rows();
        rows.Row(3)[1] = float.NaN;

        new TrimmedDetector(watcher, 0.1).Fit(rows, new FitSettings(1), default);

        Assert.Contains(float.NaN, watcher.Seen.Features.AsSpan().ToArray());
    }

    [Fact]
    public void Nothing_is_left_out_of_few_rows_and_never_more_than_half()
    {
        var watcher = new Watcher();
        new TrimmedDetector(watcher, 0.1).Fit(Some.NormalMatrix(9, 2), new FitSettings(1), default);

        Assert.Equal(9, watcher.Seen.RowCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrimmedDetector(watcher, 0.51));
    }

    [Theory, Trait("Data", "Shared")]
    [InlineData("isolation-forest")]
    [InlineData("pca")]
    public void Hidden_attacks_cost_almost_nothing(string name)
    {
        var set = IntrusionSet.NslKdd();
        var test = set.Tests["KDDTest+"];
        var normals = set.Fit.With(Normal);
        var attacks = set.Fit.With(Anomaly);

        // One row in twenty.
        var hidden = attacks.Pick([.. Enumerable.Range(0, normals.RowCount / 19)]);
        var dirty = new FeatureMatrix([.. normals.AsSpan(), .. hidden.AsSpan()], normals.RowCount + hidden.RowCount, normals.ColumnCount);
        var detector = DetectorCatalog.Get(name).Create(null);

        var clean = Area(detector, normals);
        var trimmed = Area(new TrimmedDetector(detector, 0.15), dirty);

        Assert.InRange(trimmed, clean - 0.005, 1);

        double Area(IDetector fitted, FeatureMatrix rows)
        {
            var scores = new float[test.Labels.Length];
            fitted.Fit(rows, new FitSettings(7), default).Score(test.Rows, scores);
            return Ranking.RocAuc(scores, test.Labels);
        }
    }

    /// <summary>200 ordinary rows and 10 far ones.</summary>
    private static FeatureMatrix Rows()
    {
        var rows = Some.NormalMatrix(210, 3);
        rows.AsSpan()[(200 * 3)..].Fill(50);
        return rows;
    }

    private sealed class Watcher : IDetector
    {
        public TrainingRows Seen { get; private set; }

        public string Name => "watcher";

        public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
        {
            Seen = rows;
            return null!;
        }
    }
}

using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class NeuralNetworkTests
{
    [Fact]
    public void Classes_that_no_straight_line_divides_are_told_apart()
    {
        // Exclusive or: an anomaly where the two columns have different signs.
        var model = new NeuralNetwork(new NeuralNetworkOptions { FirstLayer = 16, SecondLayer = 0, LearningRate = 0.01 })
            .Fit(ExclusiveOr(2000, seed: 1), new FitSettings(1), default);
        var test = ExclusiveOr(500, seed: 2);
        var scores = new float[500];

        model.Score(test.Features, scores);

        Assert.InRange(Ranking.RocAuc(scores, [.. Enumerable.Range(0, 500).Select(test.Label)]), 0.99, 1);
    }

    [Fact]
    public void Scores_are_the_log_odds_of_an_anomaly()
    {
        // One column that says nothing, one row in five an anomaly: p = 0.2, so the log-odds are ln(0.2 / 0.8) = -1.386; balanced they are 0.
        var rows = new FeatureMatrix(new float[5000], 5000, 1);
        var labels = new RowLabel[5000];
        for (var row = 0; row < labels.Length; row++)
            labels[row] = row % 5 == 0 ? RowLabel.Anomaly : RowLabel.Normal;

        Assert.Equal(Math.Log(0.25), ScoreOfZero(ClassWeighting.None), 0.1);
        Assert.Equal(0, ScoreOfZero(ClassWeighting.Balanced), 0.1);

        double ScoreOfZero(ClassWeighting weights)
        {
            var options = new NeuralNetworkOptions { FirstLayer = 4, SecondLayer = 0, ClassWeighting = weights, LearningRate = 0.01, HoldOut = 0 };
            var scores = new float[1];
            new NeuralNetwork(options).Fit(new TrainingRows(rows, labels), new FitSettings(1), default).Score(new FeatureMatrix([0], 1, 1), scores);
            return scores[0];
        }
    }

    /// <summary>baselines.md section 1: 0.9171 on KDDTest+ by a network of the same size that took 62 s to fit.</summary>
    [Fact, Trait("Data", "Shared")]
    public void Attacks_of_NslKdd_are_found_as_well_as_by_the_reference()
    {
        var set = IntrusionSet.NslKdd();
        var model = new NeuralNetwork(new NeuralNetworkOptions()).Fit(set.Fit.Labelled, new FitSettings(1, Environment.ProcessorCount), default);
        var test = set.Tests["KDDTest+"];
        var scores = new float[test.Rows.RowCount];

        model.Score(test.Rows, scores);

        Assert.InRange(Ranking.RocAuc(scores, test.Labels), 0.9071, 1);
    }

    private static TrainingRows ExclusiveOr(int rowCount, int seed)
    {
        var rows = Some.NormalMatrix(rowCount, 2, seed);
        var labels = new RowLabel[rowCount];
        for (var row = 0; row < rowCount; row++)
            labels[row] = rows.Row(row)[0] * rows.Row(row)[1] < 0 ? RowLabel.Anomaly : RowLabel.Normal;

        return new TrainingRows(rows, labels);
    }
}

using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class EnsembleTests
{
    private const string Cheap = "isolation-forest,pca";

    [Fact]
    public void A_row_that_is_rare_to_one_member_alone_is_rare()
    {
        // Both columns are ordinary, but their sum is not: axis-parallel cuts hardly see it, components do.
        var rows = Correlated(4000, seed: 1);
        var model = Fit(Cheap, rows);
        var forest = Fit("isolation-forest", rows);
        var odd = Some.Matrix([1.5f, -1.5f], [0, 0]);

        Assert.True(Scores(model, odd)[0] > 3, $"{Scores(model, odd)[0]}");
        Assert.True(Scores(forest, odd)[0] < 2.5, $"{Scores(forest, odd)[0]}");
        Assert.True(Scores(model, odd)[1] < 0.5, $"{Scores(model, odd)[1]}");
    }

    [Fact]
    public void Raw_scores_are_negative_logarithms_of_the_joined_p_value()
    {
        var scores = Scores(Fit(Cheap, Some.NormalMatrix(20_000, 4)), Some.NormalMatrix(20_000, 4, seed: 2));

        // 1 % and 0.1 % are expected; the members share what they are calibrated on, so chance is a little wider than binomial.
        Assert.InRange(scores.Count(score => score >= 2), 130, 280);
        Assert.InRange(scores.Count(score => score >= 3), 5, 45);
    }

    [Fact]
    public void A_heavier_member_counts_more()
    {
        var rows = Correlated(4000, seed: 1);
        var odd = Some.Matrix([1.5f, -1.5f]);

        var light = Scores(new Ensemble(new() { Members = Cheap, Weights = "9,1" }).Fit(rows, new FitSettings(1), default), odd)[0];
        var heavy = Scores(new Ensemble(new() { Members = Cheap, Weights = "1,9" }).Fit(rows, new FitSettings(1), default), odd)[0];

        // The joined tail probability of one small p-value with weight w is p / w: nine times as much.
        Assert.Equal(Math.Log10(9), heavy - light, 0.1);
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(0.6, false)]
    [InlineData(0.4, false)]
    public void Weights_in_a_file_must_add_up_to_1(double weight, bool isAllowed)
    {
        var fitted = DetectorCatalog.Get("pca").Create(null).Fit(Some.NormalMatrix(50, 2), new FitSettings(1), default);
        var calibration = Calibration.Fit([1, 2, 3]);
        var writer = new ModelSectionWriter();
        new EnsembleModel([new("pca", fitted, calibration, 0.5), new("pca", fitted, calibration, weight)]).Write(writer);

        var fault = Record.Exception(() => EnsembleModel.Read(new ModelSectionReader("detector", writer.ToArray())));

        Assert.Equal(isAllowed, fault is null);
        Assert.True(isAllowed || fault is ModelFileException);
    }

    [Fact]
    public void Members_that_need_labels_take_part_when_there_are_enough()
    {
        var rows = Some.NormalMatrix(600, 4);
        var labels = Enumerable.Range(0, 600).Select(row => row < 60 ? RowLabel.Anomaly : RowLabel.Normal).ToArray();
        for (var row = 0; row < 60; row++)
            rows.Row(row)[0] += 1.5f;

        var options = new EnsembleOptions { Members = "isolation-forest,gradient-boosting" };
        var labelled = (EnsembleModel)new Ensemble(options).Fit(new TrainingRows(rows, labels), new FitSettings(1), default);
        var few = (EnsembleModel)new Ensemble(options with { MinimumLabels = 61 }).Fit(new TrainingRows(rows, labels), new FitSettings(1), default);
        var none = (EnsembleModel)new Ensemble(options).Fit(rows, new FitSettings(1), default);

        Assert.Equal(["isolation-forest", "gradient-boosting"], labelled.Members);
        Assert.Equal(["isolation-forest"], few.Members);
        Assert.Equal(["isolation-forest"], none.Members);

        // The shift is within what is normal, so only labels tell.
        var test = Some.NormalMatrix(400, 4, seed: 2);
        var testLabels = Enumerable.Range(0, 400).Select(row => row < 200 ? RowLabel.Anomaly : RowLabel.Normal).ToArray();
        for (var row = 0; row < 200; row++)
            test.Row(row)[0] += 1.5f;

        Assert.True(Ranking.RocAuc(Scores(labelled, test), testLabels) > Ranking.RocAuc(Scores(none, test), testLabels) + 0.05);
    }

    [Fact]
    public void Labelled_anomalies_are_not_learned_as_normal()
    {
        var rows = Some.NormalMatrix(1000, 3);
        var labels = new RowLabel[1000];
        for (var row = 0; row < 300; row++)
        {
            rows.Row(row).Fill(6);
            labels[row] = RowLabel.Anomaly;
        }

        var attack = Some.Matrix([6, 6, 6]);
        Assert.True(Scores(new Ensemble(new() { Members = Cheap }).Fit(new TrainingRows(rows, labels), new FitSettings(1), default), attack)[0] > 2.5);
        Assert.True(Scores(Fit(Cheap, rows), attack)[0] < 1);
    }

    [Theory]
    [InlineData("isolaton-forest", "", "'isolaton-forest' is not one of: ")]
    [InlineData("ensemble", "", "'ensemble' is not one of: ")]
    [InlineData("pca,pca", "", "none twice")]
    [InlineData(" , ", "", "at least one")]
    [InlineData("pca,ecod", "1", "2 numbers above 0")]
    [InlineData("pca,ecod", "1,0", "2 numbers above 0")]
    [InlineData("pca,ecod", "1,x", "2 numbers above 0")]
    public void Members_and_weights_that_make_no_sense_are_refused_in_words(string members, string weights, string text)
    {
        var error = Assert.Throws<ArgumentException>(() => new Ensemble(new EnsembleOptions { Members = members, Weights = weights }));

        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_that_all_need_labels_say_how_many_are_missing()
    {
        var error = Assert.Throws<ArgumentException>(() => Fit("random-forest,gradient-boosting", Some.NormalMatrix(100, 3)));

        Assert.Contains("at least 50 of each", error.Message, StringComparison.Ordinal);
    }

    private static FeatureMatrix Correlated(int count, int seed)
    {
        var rows = Some.NormalMatrix(count, 2, seed);
        for (var row = 0; row < count; row++)
            rows.Row(row)[1] = rows.Row(row)[0] + 0.2f * rows.Row(row)[1];

        return rows;
    }

    private static IDetectorModel Fit(string members, FeatureMatrix rows) =>
        new Ensemble(new EnsembleOptions { Members = members }).Fit(rows, new FitSettings(1), default);

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}

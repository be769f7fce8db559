using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class HalfSpaceTreesTests
{
    [Fact]
    public void A_score_is_the_logarithm_of_mass_times_two_to_the_depth()
    {
        // One tree, cut once at 5: 3 rows of 4 on the left. Mass 3 x 2 + 1 or 1 x 2 + 1, over 4 rows.
        var model = new HalfSpaceTreesModel(new HalfSpaceBoxes(1, 1, [0, 0, 0, 0], [0, 5, 0, 0]), [0, 4, 3, 1], 4, sizeLimit: 0.1);

        Assert.Equal([(float)-Math.Log2(7 / 4.0), (float)-Math.Log2(3 / 4.0), (float)-Math.Log2(3 / 4.0)], Scores(model, Some.Matrix([0], [5], [float.NaN])));
    }

    [Fact]
    public void A_node_of_few_rows_is_not_looked_into()
    {
        // The root holds all 4 rows; with a limit of 1 nothing is cut: mass 4 x 1 + 1.
        var model = new HalfSpaceTreesModel(new HalfSpaceBoxes(1, 1, [0, 0, 0, 0], [0, 5, 0, 0]), [0, 4, 3, 1], 4, sizeLimit: 1);

        Assert.Equal([(float)-Math.Log2(5 / 4.0)], Scores(model, Some.Matrix([9])));
    }

    [Fact]
    public void A_stream_begins_with_what_the_model_knows_and_leaves_it_as_it_was()
    {
        var model = Fit(Some.NormalMatrix(500, 4));
        var rows = Some.NormalMatrix(250, 4, seed: 2);
        var before = Scores(model, rows);
        var learned = new float[250];

        new StreamingHalfSpaceTrees(model).ScoreAndLearn(rows, learned);

        Assert.Equal(before, learned);
        Assert.Equal(before, Scores(model, rows));
    }

    [Fact]
    public void A_full_window_becomes_the_reference()
    {
        var model = Fit(Some.NormalMatrix(500, 4));
        var moved = Some.NormalMatrix(600, 4, seed: 2);
        foreach (ref var value in moved.AsSpan())
            value += 4;

        var stream = new StreamingHalfSpaceTrees(model, window: 300);
        var scores = new float[600];
        stream.ScoreAndLearn(moved, scores);

        // What was strange in the first window is ordinary in the second.
        Assert.True(scores[..300].Average() > scores[300..].Average() + 0.5, $"{scores[..300].Average()}, {scores[300..].Average()}");
        Assert.Equal(300, stream.ToModel().ReferenceRows);
    }

    [Fact]
    public void A_stream_gives_the_same_scores_however_its_rows_arrive_and_allocates_nothing()
    {
        var model = Fit(Some.NormalMatrix(500, 4));
        var rows = Some.NormalMatrix(700, 4, seed: 2);
        var (whole, parts, part) = (new float[700], new float[700], new float[7]);
        new StreamingHalfSpaceTrees(model, window: 100).ScoreAndLearn(rows, whole);

        var stream = new StreamingHalfSpaceTrees(model, window: 100);
        var few = new FeatureMatrix(new float[7 * 4], 7, 4);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var first = 0; first < 700; first += 7)
        {
            rows.AsSpan().Slice(first * 4, 7 * 4).CopyTo(few.AsSpan());
            stream.ScoreAndLearn(few, part);
            part.CopyTo(parts, first);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(whole, parts);
    }

    [Fact]
    public void A_stream_learns_only_when_asked_to()
    {
        var model = Fit(Some.NormalMatrix(500, 4));
        var rows = Some.NormalMatrix(300, 4, seed: 2);
        var stream = new StreamingHalfSpaceTrees(model, window: 10);
        var scores = new float[300];

        stream.Score(rows, scores);
        Assert.Equal(Scores(model, rows), scores);
        Assert.Equal(500, stream.ReferenceRows);

        stream.ScoreAndLearn(rows, scores);
        stream.Score(rows, scores);
        Assert.Equal(Scores(stream.ToModel(), rows), scores);
        Assert.Equal(10, stream.ReferenceRows);
    }

    [Fact]
    public void A_constant_column_has_no_influence()
    {
        var rows = Some.NormalMatrix(300, 3);
        for (var row = 0; row < 300; row++)
            rows.Row(row)[1] = 7;

        var scores = Scores(Fit(rows), Some.Matrix([1, 7, 2], [1, 1000, 2], [1, -1000, 2]));

        Assert.Equal([scores[0], scores[0], scores[0]], scores);
        Assert.Single(Scores(Fit(Some.Matrix([7], [7])), Some.Matrix([7], [6], [8])).Distinct());
    }

    private static HalfSpaceTreesModel Fit(FeatureMatrix rows) =>
        (HalfSpaceTreesModel)new HalfSpaceTrees(new HalfSpaceTreesOptions()).Fit(rows, new FitSettings(1), default);

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}

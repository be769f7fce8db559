using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class DbscanTests
{
    private static readonly FeatureMatrix Line = Some.Matrix([0], [1], [2], [3], [10], [11], [12], [20]);

    /// <summary>
    /// MinPoints = 3, so distances to the second other row: 2, 1, 1, 2 | 2, 1, 2 | 9; sorted 1, 1, 1, 2, 2, 2, 2, 9. The chord rises by 8 / 7
    /// a row; below it are at 2: 16/7 = 2.29, at 3: 24/7 - 1 = 2.43, ..., at 6: 48/7 - 1 = 5.86, at 7: 0. So eps is 2, all but 20 are core
    /// points, and as 3 and 10 are 7 apart they form two clusters.
    /// </summary>
    [Fact]
    public void Eps_is_the_knee_of_the_curve()
    {
        var model = Fit(Line, new DbscanOptions { MinPoints = 3 });

        Assert.Equal((2, 7, 2, 1 / 8.0), (model.Eps, model.ReferenceCount, model.ClusterCount, model.NoiseShare));

        // Nearest core points: 3, 3, 12, 12, 0.
        Assert.Equal([0.25f, 1, 4, 0, 0.5f], Scores(model, Some.Matrix([3.5f], [5], [20], [12], [-1])));
    }

    /// <summary>Three rows within 1, itself among them, have 1, 2 and 11. 0, 3, 10 and 12 are border points, 20 is noise.</summary>
    [Fact]
    public void Border_points_are_no_core_points_and_no_noise()
    {
        var model = Fit(Line, new DbscanOptions { Eps = 1, MinPoints = 3 });

        Assert.Equal((1, 3, 2, 1 / 8.0), (model.Eps, model.ReferenceCount, model.ClusterCount, model.NoiseShare));
        Assert.Equal([1, 0, 0, 1, 8, 1, 9], Scores(model, Some.Matrix([0], [1], [2], [3], [19], [12], [20])));
    }

    [Fact]
    public void Without_a_core_point_all_rows_count()
    {
        var model = Fit(Line, new DbscanOptions { Eps = 0.5, MinPoints = 2 });

        Assert.Equal((8, 0, 1), (model.ReferenceCount, model.ClusterCount, model.NoiseShare));
        Assert.Equal([0, 0.5f, 2], Scores(model, Some.Matrix([20], [20.25f], [21])));
    }

    [Fact]
    public void Every_row_is_a_core_point_when_it_need_not_have_others()
    {
        var model = Fit(Line, new DbscanOptions { Eps = 1, MinPoints = 1 });

        // {0, 1, 2, 3}, {10, 11, 12}, {20}.
        Assert.Equal((8, 3, 0), (model.ReferenceCount, model.ClusterCount, model.NoiseShare));
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(2)]
    public void Clusters_are_those_of_the_definition(double eps)
    {
        var rows = Some.NormalMatrix(500, 2);
        var model = Fit(rows, new DbscanOptions { Eps = eps, MinPoints = 4 });

        var (core, clusters, noise) = Definition(rows, eps, 4);

        Assert.Equal((core == 0 ? 500 : core, clusters, noise / 500.0), (model.ReferenceCount, model.ClusterCount, model.NoiseShare));
    }

    [Fact]
    public void One_row_and_copies_are_one_cluster()
    {
        foreach (var rows in new[] { Some.Matrix([5]), Some.Matrix([5], [5], [5], [5], [5], [5], [5]) })
        {
            var model = Fit(rows, new DbscanOptions());

            Assert.Equal((1, 0), (model.ClusterCount, model.NoiseShare));
            Assert.Equal([0, 3 / 1e-6f], Scores(model, Some.Matrix([5], [8])));
        }
    }

    [Fact]
    public void Values_that_are_not_finite_or_huge_get_a_high_finite_score()
    {
        var rows = Some.NormalMatrix(100, 2);
        var odd = Some.Matrix([float.NaN, 0], [float.PositiveInfinity, 0], [float.NegativeInfinity, 0], [float.MaxValue, float.MinValue]);

        Assert.All(Scores(Fit(rows, new DbscanOptions()), odd), score => Assert.InRange(score, 1e15, float.MaxValue));
        rows.Row(3).Fill(float.MaxValue);
        Assert.All(Scores(Fit(rows, new DbscanOptions()), odd), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void No_more_rows_are_clustered_than_allowed()
    {
        var model = Fit(Some.NormalMatrix(500, 2), new DbscanOptions { MaxReferenceRows = 15, Eps = 100 });

        Assert.Equal(15, model.ReferenceCount);
    }

    [Fact]
    public void Too_many_neighbours_of_too_many_rows_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new Dbscan(new DbscanOptions { MinPoints = 1000, MaxReferenceRows = 200_000 }));

        Assert.Contains("must not exceed 67108864", error.Message, StringComparison.Ordinal);
    }

    private static (int Core, int Clusters, int Noise) Definition(FeatureMatrix rows, double eps, int minPoints)
    {
        bool Near(int a, int b) =>
            Math.Pow(rows.Row(a)[0] - rows.Row(b)[0], 2) + Math.Pow(rows.Row(a)[1] - rows.Row(b)[1], 2) <= eps * eps;
        int[] all = [.. Enumerable.Range(0, rows.RowCount)];
        var core = all.Where(row => all.Count(other => Near(row, other)) >= minPoints).ToHashSet();
        var noise = all.Count(row => !core.Any(other => Near(row, other)));
        var clusters = 0;
        var open = new Stack<int>();
        for (var left = core.ToHashSet(); left.Count > 0; clusters++)
        {
            open.Push(left.First());
            left.Remove(open.Peek());
            while (open.TryPop(out var row))
            {
                foreach (var other in left.Where(other => Near(row, other)).ToArray())
                {
                    left.Remove(other);
                    open.Push(other);
                }
            }
        }

        return (core.Count, clusters, noise);
    }

    private static DbscanModel Fit(FeatureMatrix rows, DbscanOptions options) =>
        (DbscanModel)new Dbscan(options).Fit(rows, new FitSettings(1, MaxThreads: 2), default);

    private static float[] Scores(DbscanModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}

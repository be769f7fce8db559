using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed class SquaredProjectionTests
{
    // Eight lanes: four times that and one.
    private const int Longest = 33;

    [Fact]
    public void The_kernel_gives_what_the_formula_gives_at_every_width_and_rank()
    {
        for (var width = 1; width <= Longest; width++)
        {
            for (var rank = 0; rank <= Longest; rank++)
                AssertAlike(new SquaredProjection(Values(width, seed: 1), Values(rank * width, seed: 2)), Some.NormalMatrix(5, width, seed: 3));
        }
    }

    [Fact]
    public void The_kernel_gives_what_the_formula_gives_at_every_number_of_rows()
    {
        var projection = new SquaredProjection(Values(24, seed: 1), Values(9 * 24, seed: 2));
        for (var rows = 0; rows <= Longest; rows++)
            AssertAlike(projection, Some.NormalMatrix(rows, 24, seed: 3));
    }

    [Fact]
    public void A_triangular_factor_is_no_exception()
    {
        for (var width = 1; width <= Longest; width++)
        {
            var factor = Values(width * width, seed: 2);
            for (var i = 0; i < factor.Length; i++)
                factor[i] = i % width > i / width ? 0 : factor[i];

            AssertAlike(new SquaredProjection(Values(width, seed: 1), factor), Some.NormalMatrix(5, width, seed: 3));
        }
    }

    [Fact]
    public void A_row_scores_the_same_wherever_it_stands()
    {
        var projection = new SquaredProjection(Values(21, seed: 1), Values(13 * 21, seed: 2));
        var rows = Some.NormalMatrix(11, 21, seed: 3);
        var together = new float[11];
        projection.Score(rows, together);
        for (var row = 0; row < 11; row++)
        {
            var alone = new float[1];
            projection.Score(rows.Pick([row]), alone);
            Assert.Equal(alone[0], together[row]);
        }
    }

    [Fact]
    public void Values_that_are_not_finite_or_huge_give_finite_scores()
    {
        // Mean (1, 2), factor the unit matrix: NaN counts as 1, so only the 3 of the second column is left, (3 - 2)^2.
        var projection = new SquaredProjection([1, 2], [1, 0, 0, 1]);
        var scores = new float[5];

        projection.Score(
            Some.Matrix([float.NaN, 3], [float.PositiveInfinity, 0], [float.MaxValue, float.MinValue], [float.NegativeInfinity, float.NaN], [1, 2]), scores);

        Assert.Equal([1, float.MaxValue, float.MaxValue, float.MaxValue, 0], scores);
    }

    private static void AssertAlike(SquaredProjection projection, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        projection.Score(rows, scores);
        for (var row = 0; row < scores.Length; row++)
        {
            // The terms of a sum are of size 1, so rounding in float is small against the number of terms, not against the result.
            var expected = projection.ScorePlainly(rows.Row(row));
            Assert.Equal(expected, scores[row], 1e-5 * (1 + expected));
        }
    }

    private static float[] Values(int count, int seed) => count == 0 ? [] : Some.NormalMatrix(1, count, seed).Values;
}

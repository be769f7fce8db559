using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Testing;
using Xunit;
using static AnomalyApi.Detection.Tests.Preprocessing.Preparations;

namespace AnomalyApi.Detection.Tests.Preprocessing;

public sealed class PreparationTests
{
    private const float Missing = float.NaN;

    [Fact]
    public void Missing_values_become_the_median_of_those_there_are() =>
        Assert.Equal([4, 1, 4, 7, 2, 6], Column(Plain, [Missing, 1, Missing, 7, 2, 6])); // median of 1, 2, 6, 7

    [Fact]
    public void Missing_values_become_the_given_number() =>
        Assert.Equal([-5, 1, 7], Column(Plain with { Missing = MissingValues.Constant, MissingConstant = -5 }, [Missing, 1, 7]));

    [Fact]
    public void Missing_values_stay_missing_where_they_are_kept() =>
        Assert.Equal([Missing, 1, 7], Column(PreparationOptions.None, [Missing, 1, 7]));

    [Fact]
    public void A_column_of_missing_values_becomes_zero() => Assert.Equal([0, 0], Column(new PreparationOptions(), [Missing, Missing]));

    [Fact]
    public void An_indicator_says_which_values_were_missing_and_only_where_some_were()
    {
        var rows = Some.Matrix([Missing, 1], [4, 2]);
        var preparation = Fit(rows, Plain with { MissingIndicators = true });

        Assert.Equal([4, 1, 1, 4, 0, 2], preparation.Apply(rows).AsSpan());

        // The second column had none when it was fitted: it is filled with its median without a mark.
        Assert.Equal([9, 0, 1.5f], preparation.Apply(Some.Matrix([9, Missing])).AsSpan());
    }

    [Fact]
    public void Standard_scaling_gives_mean_0_and_deviation_1() =>
        // Mean 5, deviation 2: the squares 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 8.
        Assert.Equal([-1.5f, -0.5f, -0.5f, -0.5f, 0, 0, 1, 2], Column(new PreparationOptions(), [2, 4, 4, 4, 5, 5, 7, 9]));

    [Fact]
    public void Robust_scaling_gives_median_0_and_interquartile_range_1() =>
        // Quartiles of 5 values are the second, third and fourth: 2, 3, 4.
        Assert.Equal([-1, -0.5f, 0, 0.5f, 48.5f], Column(new PreparationOptions { Scaling = Scaling.Robust }, [1, 2, 3, 4, 100]));

    [Fact]
    public void Robust_scaling_of_equal_quartiles_is_standard_scaling() =>
        // Mean 2, squares 4 x 4 + 64 = 80 over 5: deviation 4.
        Assert.Equal([-0.5f, -0.5f, -0.5f, -0.5f, 2], Column(new PreparationOptions { Scaling = Scaling.Robust }, [0, 0, 0, 0, 10]));

    [Fact]
    public void Min_max_scaling_gives_0_to_1_and_goes_on_beyond()
    {
        var preparation = Fit(Some.Matrix([2], [4], [6]), new PreparationOptions { Scaling = Scaling.MinMax });

        Assert.Equal([0, 0.5f, 1, -1, 2], preparation.Apply(Some.Matrix([2], [4], [6], [-2], [10])).AsSpan());
    }

    [Theory, InlineData(Scaling.Standard), InlineData(Scaling.Robust), InlineData(Scaling.MinMax)]
    public void A_constant_column_becomes_0_and_counts_in_its_own_unit_elsewhere(Scaling scaling)
    {
        var preparation = Fit(Some.Matrix([0.1f], [0.1f], [0.1f]), new PreparationOptions { Scaling = scaling });

        Assert.Equal([0, 3], preparation.Apply(Some.Matrix([0.1f], [3.1f])).AsSpan().ToArray().Select(value => MathF.Round(value, 5)));
        Assert.Equal(0, preparation.Apply(Some.Matrix([0.1f])).AsSpan()[0]);
    }

    [Fact]
    public void Only_columns_with_large_values_become_logarithms()
    {
        var e = MathF.E;
        var prepared = Fit(Some.Matrix([100, 101], [0, 0], [-50, 0]), Plain with { LogAbove = 100 })
            .Apply(Some.Matrix([100, e * e - 1], [e - 1, 1 - e], [-50, 0]));

        // sign(x) ln(1 + |x|) in the second column alone.
        Assert.Equal([100, 2, e - 1, -1, -50, 0], prepared.AsSpan().ToArray().Select((value, i) => i == 2 ? value : MathF.Round(value, 6)));
    }

    [Fact]
    public void Winsorising_moves_values_to_the_quantiles_of_the_fitted_rows()
    {
        // Of 0 to 10 the 10 % quantile is 1 and the 90 % quantile 9.
        var rows = new FeatureMatrix([.. Enumerable.Range(0, 11).Select(i => (float)i)], 11, 1);
        var preparation = Fit(rows, Plain with { WinsorizeShare = 0.1 });

        Assert.Equal([1, 1, 5, 9, 9, 9], preparation.Apply(Some.Matrix([-100], [0], [5], [9], [10], [float.PositiveInfinity])).AsSpan());
    }

    [Fact]
    public void Winsorising_comes_before_scaling()
    {
        // 1, 1, 2, ..., 9, 9 has mean 5 and the squares 2 x 16 + 2 (16 + 9 + 4 + 1) = 92, over 11.
        float[] column = [.. Enumerable.Range(0, 11).Select(i => (float)i)];

        Assert.Equal(4 / Math.Sqrt(92 / 11.0), Column(new PreparationOptions { WinsorizeShare = 0.1 }, column)[10], 1e-6);
    }

    [Theory, InlineData(Scaling.Standard, -3, 3), InlineData(Scaling.None, -3, 3), InlineData(Scaling.MinMax, -3, 3)]
    public void No_prepared_value_is_larger_than_the_clip(Scaling scaling, float low, float high)
    {
        var preparation = Fit(Some.Matrix([1], [2], [4]), new PreparationOptions { Scaling = scaling, ClipAt = 3 });

        Assert.Equal([low, high, low, high], preparation.Apply(
            Some.Matrix([-1e6f], [1e6f], [float.NegativeInfinity], [float.PositiveInfinity])).AsSpan().ToArray().Select(value => MathF.Round(value, 5)));
    }

    [Fact]
    public void A_clip_below_every_value_makes_them_equal() =>
        Assert.Equal([20, 20], Column(Plain with { ClipAt = 20, WinsorizeShare = 0.1 }, [100, 200]));

    [Fact]
    public void One_hot_encoding_has_a_column_for_each_category_and_one_for_the_rest()
    {
        var preparation = Fit(Some.Matrix([7, 0], [3, 1], [7, 2]), Plain, ColumnKind.Categorical, ColumnKind.Numeric);

        Assert.Equal(4, preparation.OutputCount);
        Assert.Equal(
            [1, 0, 0, 5, 0, 1, 0, 5, 0, 0, 1, 5, 0, 0, 1, 5, 0, 0, 1, 5, 0, 0, 1, 5, 0, 0, 1, 5],
            preparation.Apply(Some.Matrix([3, 5], [7, 5], [4, 5], [Missing, 5], [-1, 5], [3.5f, 5], [float.PositiveInfinity, 5])).AsSpan());
    }

    [Fact]
    public void Frequency_encoding_gives_the_share_of_the_fitted_rows()
    {
        var preparation = Fit(
            Some.Matrix([7], [3], [7], [Missing]), Plain with { Categories = CategoryEncoding.Frequency }, ColumnKind.Categorical);

        Assert.Equal([0.5f, 0.25f, 0, 0], preparation.Apply(Some.Matrix([7], [3], [4], [Missing])).AsSpan());
    }

    [Fact]
    public void Codes_that_lie_far_apart_are_found_too()
    {
        var preparation = Fit(Some.Matrix([1_000_000], [3]), Plain, ColumnKind.Categorical);

        Assert.Equal([0, 1, 0, 1, 0, 0, 0, 0, 1], preparation.Apply(Some.Matrix([1_000_000], [3], [999_999])).AsSpan());
    }

    [Theory, InlineData(-1f), InlineData(0.5f), InlineData(2e6f)]
    public void What_is_no_code_is_refused(float value)
    {
        var error = Assert.Throws<ArgumentException>(() => Fit(Some.Matrix([value]), Plain, ColumnKind.Categorical));
        Assert.Contains("is no category code", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_typical_is_learned_from_rows_that_are_not_anomalous()
    {
        var rows = Some.Matrix([0], [2], [1000], [4]);
        var labels = new[] { RowLabel.Normal, RowLabel.Unknown, RowLabel.Anomaly, RowLabel.Normal };
        var options = new PreparationOptions { Scaling = Scaling.MinMax };

        Assert.Equal([0, 0.5f, 250, 1], Preparation.Fit(new TrainingRows(rows, labels), null, options, default).Apply(rows).AsSpan());

        // Unless there are only such.
        var all = new TrainingRows(rows, Enumerable.Repeat(RowLabel.Anomaly, 4).ToArray());
        Assert.Equal([0, 0.002f, 1, 0.004f], Preparation.Fit(all, null, options, default).Apply(rows).AsSpan());
    }

    [Fact]
    public void Values_that_are_not_finite_become_finite_numbers()
    {
        foreach (var scaling in Enum.GetValues<Scaling>())
        {
            foreach (var options in new[] { new PreparationOptions { Scaling = scaling }, new PreparationOptions { Scaling = scaling, LogAbove = 1 }, new() { Scaling = scaling, Components = 2 } })
            {
                var preparation = Fit(Some.NormalMatrix(50, 3), options);
                var prepared = preparation.Apply(Some.Matrix(
                    [float.NaN, float.PositiveInfinity, float.NegativeInfinity], [float.MaxValue, float.MinValue, 0], [float.MaxValue, float.MaxValue, float.MaxValue]));

                Assert.DoesNotContain(prepared.AsSpan().ToArray(), value => !float.IsFinite(value));
            }
        }
    }

    [Fact]
    public void Huge_values_are_fitted()
    {
        foreach (var scaling in Enum.GetValues<Scaling>())
            Assert.DoesNotContain(Column(new PreparationOptions { Scaling = scaling }, [float.MaxValue, float.MinValue, 0]), value => !float.IsFinite(value));
    }

    [Fact]
    public void A_row_is_prepared_alike_whatever_stands_beside_it()
    {
        var (preparation, rows) = Everything();
        var together = preparation.Apply(rows);
        for (var row = 0; row < rows.RowCount; row++)
            Assert.Equal(together.Row(row), preparation.Apply(rows.Pick([row])).AsSpan());
    }

    [Fact]
    public void Preparing_does_not_allocate()
    {
        foreach (var options in new[] { Plain, new PreparationOptions { Components = 2, KeepColumns = 4 } })
        {
            var (preparation, rows) = Everything(options);
            var prepared = preparation.Apply(rows);
            preparation.Apply(rows, 0, prepared);

            var before = GC.GetAllocatedBytesForCurrentThread();
            preparation.Apply(rows, 0, prepared);

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Fit(new FeatureMatrix([], 0, 2), Plain));
        Assert.Throws<ArgumentException>(() => Fit(Some.Matrix([1, 2]), Plain, ColumnKind.Numeric));
        Assert.Throws<ArgumentException>(() => Fit(Some.Matrix([1, 2]), Plain with { WinsorizeShare = 0.3 }));
        var labels = new[] { RowLabel.Anomaly, RowLabel.Normal };
        var error = Assert.Throws<ArgumentException>(
            () => Preparation.Fit(new TrainingRows(Some.Matrix([1, 2], [1, float.PositiveInfinity]), labels), null, Plain, default));
        Assert.Contains("Row 1, column 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Fit(Some.Matrix([1, 2]), Plain).Apply(Some.Matrix([1, 2, 3])));
        Assert.ThrowsAny<OperationCanceledException>(() => Preparation.Fit(Some.Matrix([1, 2]), null, Plain, new CancellationToken(canceled: true)));
    }

    private static float[] Column(PreparationOptions options, float[] column)
    {
        var rows = new FeatureMatrix(column, column.Length, 1);
        return Fit(rows, options).Apply(rows).AsSpan().ToArray();
    }
}

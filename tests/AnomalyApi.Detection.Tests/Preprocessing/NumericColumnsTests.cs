using AnomalyApi.Detection.Preprocessing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Preprocessing;

public sealed class NumericColumnsTests
{
    private static readonly float[] Values =
        [0, -0f, 1, -1, 0.001f, -3e5f, 1e30f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.Epsilon];

    [Fact]
    public void The_vector_kernel_gives_what_one_column_at_a_time_gives_at_every_length()
    {
        for (var length = 0; length <= 4 * 16 + 1; length++)
        {
            var columns = Enumerable.Range(0, length).Select(Column).ToArray();
            var kernel = new NumericColumns(columns);
            for (var shift = 0; shift < Values.Length; shift++)
            {
                var row = Enumerable.Range(0, length).Select(column => Values[(column * 5 + shift) % Values.Length]).ToArray();
                var prepared = new float[length];
                kernel.Apply(row, prepared);

                // Both compute in double; logarithms may differ in their last digit, and so may the float that is nearest.
                for (var column = 0; column < length; column++)
                {
                    var expected = columns[column].Apply(row[column]);
                    if (float.IsNaN(expected))
                        Assert.True(float.IsNaN(prepared[column]));
                    else
                        Assert.InRange(prepared[column], MathF.BitDecrement(expected), MathF.BitIncrement(expected));

                    if (!columns[column].IsLogarithmic)
                        Assert.Equal(expected, prepared[column]);
                }

                kernel.Apply(row, row);
                Assert.Equal(prepared, row);
            }
        }
    }

    [Fact]
    public void A_centre_that_no_float_holds_keeps_its_digits()
    {
        // 16777217 = 2^24 + 1 lies between two floats.
        var kernel = new NumericColumns([new NumericColumn(false, 0, double.MinValue, double.MaxValue, 16777217, 0.5)]);
        var prepared = new float[1];

        kernel.Apply([16777216], prepared);

        Assert.Equal(-2, prepared[0]);
    }

    private static NumericColumn Column(int column) => new(
        IsLogarithmic: column % 3 == 1,
        Fill: column % 4 == 0 ? float.NaN : column,
        Low: column % 5 == 0 ? double.MinValue : -column,
        High: column % 5 == 0 ? double.MaxValue : 2 * column,
        Centre: column / 7.0,
        Scale: column % 6 == 0 ? 1e-30 : 1 + column / 3.0);
}

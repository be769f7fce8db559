using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed class SquaredDistancesTests
{
    [Fact]
    public void Distances_are_those_of_the_formula()
    {
        // (0, 0) to (3, 4): 9 + 16. (1, 1) to (3, 4): 4 + 9. To (0, 0) itself: 0 and 1 + 1.
        var distances = new float[32];
        SquaredDistances.Compute(new RowPanels(Some.Matrix([3, 4], [0, 0])), [0, 0, 1, 1], distances);

        Assert.Equal([25, 0], distances[..2]);
        Assert.Equal([13, 2], distances[16..18]);
        Assert.All(distances[2..16], distance => Assert.Equal(float.PositiveInfinity, distance));
        Assert.Equal(13, SquaredDistances.Between([1, 1], [3, 4]));
    }

    [Fact]
    public void All_kernels_give_the_same_bits_at_every_number_of_rows_references_and_columns()
    {
        foreach (var columns in new[] { 1, 2, 3, 7, 24, 65 })
        {
            // To 4 x 4 panels + 1 row, and to 4 x 4 rows + 1.
            var allReferences = Some.NormalMatrix(4 * 4 * 16 + 1, columns);
            var allRows = Some.NormalMatrix(4 * 4 + 1, columns, seed: 2);
            for (var referenceCount = 0; referenceCount <= allReferences.RowCount; referenceCount += referenceCount < 66 ? 1 : 13)
            {
                var references = new RowPanels(new FeatureMatrix(allReferences.Values, referenceCount, columns));
                var rowCount = referenceCount % (allRows.RowCount + 1);
                AssertSameBits(references, new FeatureMatrix(allRows.Values, rowCount, columns));
            }

            for (var rowCount = 0; rowCount <= allRows.RowCount; rowCount++)
                AssertSameBits(new RowPanels(allReferences), new FeatureMatrix(allRows.Values, rowCount, columns));
        }
    }

    private static void AssertSameBits(RowPanels references, FeatureMatrix rows)
    {
        var expected = new float[rows.RowCount * references.LaneCount];
        expected.AsSpan().Fill(float.PositiveInfinity);
        for (var row = 0; row < rows.RowCount; row++)
        {
            var reference = new float[rows.ColumnCount];
            for (var lane = 0; lane < references.RowCount; lane++)
            {
                references.CopyRow(lane, reference);
                expected[row * references.LaneCount + lane] = SquaredDistances.Between(rows.Row(row), reference);
            }
        }

        // Not only the fastest one: the others run on every machine, if slowly.
        foreach (var kernel in Enum.GetValues<DistanceKernel>())
        {
            var distances = new float[expected.Length];
            SquaredDistances.Compute(references, 0, references.PanelCount, rows.AsSpan(), distances, kernel);
            Assert.Equal(expected, distances);
        }
    }

    [Fact]
    public void A_part_of_the_panels_gives_the_same_bits_as_all()
    {
        var references = new RowPanels(Some.NormalMatrix(160, 5));
        var row = Some.NormalMatrix(1, 5, seed: 2).AsSpan();
        var all = new float[160];
        SquaredDistances.Compute(references, row, all);

        var part = new float[96];
        SquaredDistances.Compute(references, 3, 6, row, part, DistanceKernels.Fastest);

        Assert.Equal(all[48..144], part);
    }

    [Fact]
    public void Near_rows_far_from_the_origin_keep_their_distance()
    {
        // |x|^2 - 2 x y + |y|^2 would be 1e10 - 2e10 + 1e10 here, of which a float keeps nothing below 1000.
        var distances = new float[16];
        SquaredDistances.Compute(new RowPanels(Some.Matrix([100_000.5f])), [100_000f], distances);

        Assert.Equal(0.25f, distances[0]);
    }

    [Fact]
    public void Rows_come_back_as_they_were_given()
    {
        var rows = Some.NormalMatrix(37, 3);
        var panels = new RowPanels(rows);

        Assert.Equal(3, panels.PanelCount);
        Assert.Equal(48, panels.LaneCount);
        Assert.Equal(rows.Row(20)[2], panels.At(20, 2));
        Assert.Equal(rows.Values, panels.ToMatrix().Values);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var references = new RowPanels(Some.NormalMatrix(20, 3));

        Assert.Throws<ArgumentException>(() => SquaredDistances.Compute(references, new float[4], new float[32]));
        Assert.Throws<ArgumentException>(() => SquaredDistances.Compute(references, new float[3], new float[31]));
        Assert.ThrowsAny<ArgumentException>(() => SquaredDistances.Compute(references, 1, 2, new float[3], new float[32], DistanceKernel.Scalar));
    }
}

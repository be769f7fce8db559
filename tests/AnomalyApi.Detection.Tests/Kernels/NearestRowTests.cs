using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed class NearestRowTests
{
    [Fact]
    public void All_kernels_find_what_a_search_one_by_one_finds_at_every_number_of_rows_references_and_columns()
    {
        foreach (var columns in new[] { 1, 2, 3, 7, 24, 65 })
        {
            // To 4 panels + 1 row, and to 4 x 4 rows + 1.
            var allReferences = Some.NormalMatrix(4 * 16 + 1, columns);
            var allRows = Some.NormalMatrix(4 * 4 + 1, columns, seed: 2);
            for (var referenceCount = 1; referenceCount <= allReferences.RowCount; referenceCount++)
            {
                for (var rowCount = 0; rowCount <= allRows.RowCount; rowCount++)
                {
                    AssertFinds(
                        new FeatureMatrix(allReferences.Values, referenceCount, columns), new FeatureMatrix(allRows.Values, rowCount, columns));
                }
            }
        }
    }

    [Fact]
    public void Of_equally_near_references_the_first_is_found()
    {
        // The nearest three, at the same distance, in every order of lanes and panels.
        for (var first = 0; first < 50; first++)
        {
            for (var second = first + 1; second < 50; second++)
            {
                var references = new FeatureMatrix(Enumerable.Repeat(9f, 50).ToArray(), 50, 1);
                references.Values[first] = 1;
                references.Values[second] = -1;
                AssertFinds(references, Some.Matrix([0]));
            }
        }
    }

    [Fact]
    public void Bounded_values_have_finite_distances()
    {
        var bound = BoundedRows.Bound(24);
        var far = new FeatureMatrix(Enumerable.Repeat(bound, 24).ToArray(), 1, 24);

        AssertFinds(far, new FeatureMatrix(Enumerable.Repeat(-bound, 24).ToArray(), 1, 24));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var references = new RowPanels(Some.NormalMatrix(20, 3));

        Assert.Throws<ArgumentException>(() => NearestRow.Find(references, new float[4], new float[1], new int[1]));
        Assert.Throws<ArgumentException>(() => NearestRow.Find(references, new float[3], new float[1], new int[2]));
        Assert.Throws<ArgumentException>(
            () => NearestRow.Find(new RowPanels(new FeatureMatrix([], 0, 3)), new float[3], new float[1], new int[1]));
    }

    private static void AssertFinds(FeatureMatrix references, FeatureMatrix rows)
    {
        var expected = new (float Distance, int Place)[rows.RowCount];
        for (var row = 0; row < expected.Length; row++)
        {
            expected[row] = Enumerable.Range(0, references.RowCount)
                .Min(place => (SquaredDistances.Between(rows.Row(row), references.Row(place)), place));
            Assert.True(float.IsFinite(expected[row].Distance));
        }

        // Not only the fastest one: the others run on every machine, if slowly. To the last bit.
        var panels = new RowPanels(references);
        foreach (var kernel in Enum.GetValues<DistanceKernel>())
        {
            var distances = new float[expected.Length];
            var nearest = new int[expected.Length];
            NearestRow.Find(panels, rows.AsSpan(), distances, nearest, kernel);

            Assert.Equal(expected, distances.Zip(nearest));
        }
    }
}

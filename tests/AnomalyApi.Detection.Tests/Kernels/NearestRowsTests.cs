using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed class NearestRowsTests
{
    [Fact]
    public void Neighbours_are_those_of_a_full_sort_for_every_number_of_rows_and_references()
    {
        foreach (var columns in new[] { 1, 3, 24, 300 })
        {
            // 300 columns make chunks of 4 panels, 24 of 40.
            var all = Some.NormalMatrix(900, columns);
            foreach (var referenceCount in new[] { 1, 2, 15, 16, 17, 63, 64, 65, 640, 641, 900 })
            {
                var references = new FeatureMatrix(all.Values, referenceCount, columns);
                foreach (var rowCount in new[] { 0, 1, 2, 3, 4, 5, 31, 32, 33 })
                {
                    var rows = new FeatureMatrix(Some.NormalMatrix(33, columns, seed: 2).Values, rowCount, columns);
                    foreach (var count in new[] { 1, 5, 64 }.Where(count => count <= referenceCount))
                        AssertSorted(references, rows, count, NearestRows.NoSelf);
                }
            }
        }
    }

    [Fact]
    public void A_row_among_the_references_does_not_find_itself_but_finds_its_copies()
    {
        var references = Some.NormalMatrix(100, 2);
        references.Row(40).CopyTo(references.Row(90));
        references.Row(40).CopyTo(references.Row(7));

        foreach (var self in new[] { 0, 37, 60 })
            AssertSorted(references, new FeatureMatrix(references.AsSpan()[(self * 2)..].ToArray(), 40, 2), 6, self);

        var (_, neighbours) = Find(references, references.Pick([40]), 2, self: 40);
        Assert.Equal([7, 90], neighbours);
    }

    [Fact]
    public void Of_equally_distant_rows_the_earlier_ones_are_found_in_their_order()
    {
        var references = new FeatureMatrix([.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? 1f : -1f)], 200, 1);

        var (distances, neighbours) = Find(references, Some.Matrix([0]), 50, NearestRows.NoSelf);

        Assert.All(distances, distance => Assert.Equal(1, distance));
        Assert.Equal(Enumerable.Range(0, 50), neighbours);
    }

    [Fact]
    public void Distances_that_differ_by_rounding_alone_are_equal()
    {
        // 1 and 1 + 2^-22 differ in the last bits only; the second comes first, and stays so. 1.001 does not count as 1.
        var references = new RowPanels(Some.Matrix([1.001f], [1 + 1 / 4194304f], [1]));
        var distances = new float[3];
        var neighbours = new int[3];

        NearestRows.Find(references, [0f], 3, distances, neighbours, roundingBits: 5);
        Assert.Equal([1, 2, 0], neighbours);
        Assert.Equal([1, 1], distances[..2]);

        NearestRows.Find(references, [0f], 3, distances, neighbours);
        Assert.Equal([2, 1, 0], neighbours);
    }

    [Fact]
    public void Bounded_values_have_finite_distances()
    {
        foreach (var columns in new[] { 1, 24, 3000 })
        {
            var bound = BoundedRows.Bound(columns);
            var high = Enumerable.Repeat(bound, columns).ToArray();
            var low = Enumerable.Repeat(-bound, columns).ToArray();

            Assert.True(float.IsFinite(SquaredDistances.Between(high, low)));
        }
    }

    [Fact]
    public void Values_are_bounded_alike_by_vector_and_one_by_one_at_every_length()
    {
        var values = Some.NormalMatrix(1, 4 * 8 + 1).Values;
        for (var special = 0; special < values.Length; special++)
        {
            values[special] = new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -2f, -0f }[special % 6];
            for (var length = 0; length <= values.Length; length++)
            {
                var bounded = new float[length];
                BoundedRows.Copy(values.AsSpan(0, length), bounded, 1.5f);

                Assert.Equal(values[..length].Select(value => BoundedRows.Clamp(value, 1.5f)), bounded);
                Assert.All(bounded, value => Assert.InRange(value, -1.5f, 1.5f));
            }
        }

        Assert.Equal(1.5f, BoundedRows.Clamp(float.NaN, 1.5f));
    }

    [Fact]
    public void A_sample_of_references_has_no_row_twice_and_depends_on_the_seed_alone()
    {
        var rows = new FeatureMatrix([.. Enumerable.Range(0, 1000).Select(i => (float)i)], 1000, 1);

        var chosen = ReferenceRows.Choose(rows, 300, seed: 5);

        Assert.Equal(300, chosen.RowCount);
        Assert.Equal(chosen.Values.Distinct().Order(), chosen.Values);
        Assert.Equal(chosen.Values, ReferenceRows.Choose(rows, 300, seed: 5).Values);
        Assert.NotEqual(chosen.Values, ReferenceRows.Choose(rows, 300, seed: 6).Values);
        Assert.InRange(chosen.Values.Average(), 450, 550);
        Assert.Equal(rows.Values, ReferenceRows.Choose(rows, 1000, seed: 5).Values);
    }

    private static void AssertSorted(FeatureMatrix references, FeatureMatrix rows, int count, int self)
    {
        var (distances, neighbours) = Find(references, rows, count, self);
        for (var row = 0; row < rows.RowCount; row++)
        {
            var expected = Enumerable.Range(0, references.RowCount)
                .Where(reference => self == NearestRows.NoSelf || reference != self + row)
                .Select(reference => (Distance: SquaredDistances.Between(rows.Row(row), references.Row(reference)), reference))
                .Order().Take(count).ToArray();

            Assert.Equal(expected.Select(neighbour => neighbour.Distance), distances[(row * count)..((row + 1) * count)]);
            Assert.Equal(expected.Select(neighbour => neighbour.reference), neighbours[(row * count)..((row + 1) * count)]);
        }
    }

    private static (float[] Distances, int[] Neighbours) Find(FeatureMatrix references, FeatureMatrix rows, int count, int self)
    {
        var distances = new float[rows.RowCount * count];
        var neighbours = new int[rows.RowCount * count];
        NearestRows.Find(new RowPanels(references), rows.AsSpan(), count, distances, neighbours, self);
        return (distances, neighbours);
    }
}

using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed class SymmetricEigenTests
{
    [Fact]
    public void A_matrix_of_two_rows_is_solved_by_hand()
    {
        // (1, 1) is stretched by 2 + 1 and (1, -1) by 2 - 1.
        var eigen = SymmetricEigen.Of([2, 1, 1, 2], 2, default);

        Assert.Equal([1, 3], eigen.Values.Order(), (expected, actual) => Math.Abs(expected - actual) < 1e-15);
        var first = eigen.Vectors.AsSpan(eigen.Values[0] > 2 ? 0 : 2, 2);
        Assert.Equal(0.5, first[0] * first[1], 1e-15);
    }

    [Fact]
    public void The_second_difference_has_its_known_values()
    {
        // The tridiagonal matrix of -1, 2, -1 has the eigenvalues 2 - 2 cos(k pi / (n + 1)).
        const int Size = 40;
        var matrix = new double[Size * Size];
        for (var i = 0; i < Size; i++)
        {
            matrix[i * Size + i] = 2;
            if (i > 0)
                matrix[i * Size + i - 1] = matrix[(i - 1) * Size + i] = -1;
        }

        var expected = Enumerable.Range(1, Size).Select(k => 2 - 2 * Math.Cos(k * Math.PI / (Size + 1)));
        Assert.Equal(expected, SymmetricEigen.Of(matrix, Size, default).Values.Order(), (left, right) => Math.Abs(left - right) < 1e-13);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(3, 1, 1e30)]
    [InlineData(7, 7, 1e-30)]
    [InlineData(17, 5, 1)]
    [InlineData(64, 64, 1)]
    [InlineData(101, 30, 1)]
    public void Vectors_are_orthonormal_and_give_the_matrix_back(int size, int rank, double scale)
    {
        // A sum of outer products, so that size - rank eigenvalues are zero.
        var factors = Some.NormalMatrix(rank, size, seed: 3);
        var matrix = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
                matrix[i * size + j] = scale * Enumerable.Range(0, rank).Sum(row => (double)factors.Row(row)[i] * factors.Row(row)[j]);
        }

        var eigen = SymmetricEigen.Of(matrix, size, default);

        var tolerance = 1e-12 * eigen.Values.Max();
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, size).Sum(k => eigen.Vectors[i * size + k] * eigen.Vectors[j * size + k]), 1e-12);
                var back = Enumerable.Range(0, size).Sum(k => eigen.Values[k] * eigen.Vectors[k * size + i] * eigen.Vectors[k * size + j]);
                Assert.InRange(back - matrix[i * size + j], -tolerance, tolerance);
            }
        }

        Assert.Equal(size - rank, eigen.Values.Count(value => Math.Abs(value) < tolerance));
    }

    [Fact]
    public void Zeros_and_a_diagonal_are_left_as_they_are()
    {
        Assert.Equal([0, 0, 0], SymmetricEigen.Of(new double[9], 3, default).Values);
        Assert.Equal([5, -2, 0], SymmetricEigen.Of([5, 0, 0, 0, -2, 0, 0, 0, 0], 3, default).Values);
    }

    [Fact]
    public void It_can_be_cancelled() =>
        Assert.Throws<OperationCanceledException>(() => SymmetricEigen.Of([2, 1, 1, 2], 2, new CancellationToken(canceled: true)));
}

using System.Buffers;

namespace AnomalyApi.Detection;

/// <summary>Scores whole sets in such a way that they can be cancelled.</summary>
internal static class BlockScoring
{
    /// <summary>Rows between two looks at the token: of the slowest detector, at 40 us a row, 80 ms.</summary>
    public const int BlockRows = 2048;

    /// <summary>Gives every row the score that <see cref="IDetectorModel.Score"/> gives it, some thousand rows at a time.</summary>
    /// <exception cref="ArgumentException">The column count or the length of <paramref name="scores"/> does not match.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; some rows may be scored.</exception>
    public static void Score(this IDetectorModel model, FeatureMatrix rows, Span<float> scores, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (rows.RowCount <= BlockRows || scores.Length != rows.RowCount)
        {
            model.Score(rows, scores);
            return;
        }

        // A matrix begins at the first value of its array, so a block is a copy.
        var width = rows.ColumnCount;
        var block = ArrayPool<float>.Shared.Rent(BlockRows * width);
        try
        {
            for (var first = 0; first < rows.RowCount; first += BlockRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(BlockRows, rows.RowCount - first);
                rows.AsSpan().Slice(first * width, count * width).CopyTo(block);
                model.Score(new FeatureMatrix(block, count, width), scores.Slice(first, count));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(block);
        }
    }
}

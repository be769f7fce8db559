using AnomalyApi.Detection.Files;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests;

public sealed class BlockScoringTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BlockScoring.BlockRows)]
    [InlineData(BlockScoring.BlockRows + 1)]
    [InlineData(3 * BlockScoring.BlockRows)]
    public void Blocks_score_as_the_whole_does(int count)
    {
        var model = DetectorCatalog.Get("pca").Create(null).Fit(Some.NormalMatrix(50, 3), new FitSettings(1), default);
        var rows = Some.NormalMatrix(count, 3, seed: 2);
        float[] whole = new float[count], blocks = new float[count];

        model.Score(rows, whole);
        model.Score(rows, blocks, CancellationToken.None);

        Assert.Equal(whole, blocks);
    }

    [Fact]
    public void A_cancelled_set_is_left_after_the_block_at_hand()
    {
        using var cancellation = new CancellationTokenSource();
        var model = new Cancelling(cancellation);
        var rows = Some.NormalMatrix(4 * BlockScoring.BlockRows, 2);

        Assert.Throws<OperationCanceledException>(() => model.Score(rows, new float[rows.RowCount], cancellation.Token));

        Assert.Equal(BlockScoring.BlockRows, model.Scored);
    }

    [Fact]
    public void Scores_of_another_length_are_refused()
    {
        var model = DetectorCatalog.Get("pca").Create(null).Fit(Some.NormalMatrix(50, 3), new FitSettings(1), default);
        var rows = Some.NormalMatrix(BlockScoring.BlockRows + 1, 3);

        Assert.Throws<ArgumentException>(() => model.Score(rows, new float[BlockScoring.BlockRows], CancellationToken.None));
    }

    private sealed class Cancelling(CancellationTokenSource cancellation) : IDetectorModel
    {
        public int FeatureCount => 2;

        public int Scored { get; private set; }

        public void Score(FeatureMatrix rows, Span<float> scores)
        {
            Scored += scores.Length;
            cancellation.Cancel();
        }

        public void Write(ModelSectionWriter writer) => throw new NotSupportedException();
    }
}

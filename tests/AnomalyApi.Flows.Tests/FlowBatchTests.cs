using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests;

public class FlowBatchTests
{
    [Fact]
    public void A_record_comes_back_as_it_went_in()
    {
        var full = Some.Flow(communityId: "1:x", label: "benign");
        var bare = new FlowRecord { Start = Some.Start, Source = full.Source, Destination = full.Destination, Protocol = 47 };
        using var batch = Some.Batch(full, bare);

        Assert.Equal(full, batch.Record(0));
        Assert.Equal(bare, batch.Record(1));
    }

    [Fact]
    public void Growing_keeps_what_is_there()
    {
        using var batch = FlowBatch.Rent(1);
        for (var i = 0; i < 5_000; i++)
        {
            batch.Add(Some.Flow(forwardBytes: i, service: $"s{i}"));
        }

        Assert.Equal(5_000, batch.Count);
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => (long)i), batch.ForwardBytes.ToArray());
        Assert.Equal("s4999", batch.Service[4_999]);
    }

    [Fact]
    public void A_new_row_holds_nothing_of_the_row_that_was_there()
    {
        using var batch = Some.Batch(Some.Flow(label: "old"));
        batch.Score[0] = 12;
        batch.DropLast();

        var row = batch.AddRow();

        Assert.Equal(0, row);
        Assert.Null(batch.Label[0]);
        Assert.Equal(-1, batch.ForwardBytes[0]);
        Assert.True(float.IsNaN(batch.Score[0]));
    }

    [Fact]
    public void Clear_empties_the_batch_and_dispose_may_be_called_twice()
    {
        var batch = Some.Batch(Some.Flow());
        batch.Clear();
        Assert.Equal(0, batch.Count);

        batch.Dispose();
        batch.Dispose();
    }
}

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
    public void A_range_of_another_batch_is_copied_with_every_column()
    {
        using var source = FlowBatch.Rent();
        for (var i = 0; i < 100; i++)
        {
            source.Add(Some.Flow(forwardBytes: i, communityId: $"1:{i}", label: $"l{i}") with { SamplingInterval = i + 1 });
            source.Line[i] = 10 + i;
            source.Score[i] = i;
        }

        using var batch = FlowBatch.Rent(1);
        batch.AddRange(source, 40, 50);
        batch.AddRange(source, 100, 0);
        batch.AddRange(source, 0, 1);

        Assert.Equal([.. Enumerable.Range(40, 50), 0], batch.ForwardBytes.ToArray().Select(bytes => (int)bytes));
        Assert.Equal(source.Record(89), batch.Record(49));
        Assert.Equal((99, 89f), (batch.Line[49], batch.Score[49]));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.AddRange(source, 99, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.AddRange(source, -1, 1));
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

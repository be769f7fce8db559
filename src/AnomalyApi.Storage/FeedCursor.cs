namespace AnomalyApi.Storage;

/// <summary>A place in the order in which rows became visible: what a poller keeps between two calls.</summary>
/// <param name="CommittedIn">The transaction that stored the row.</param>
/// <param name="Id">The row within it.</param>
public readonly record struct FeedCursor(long CommittedIn, long Id);

namespace AnomalyApi.Storage;

/// <summary>The database cannot be reached or cannot take writes now. Trying again later may work; nothing is known to be stored.</summary>
public sealed class StorageUnavailableException(string message, Exception innerException) : Exception(message, innerException);

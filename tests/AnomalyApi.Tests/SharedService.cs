namespace AnomalyApi.Tests;

/// <summary>One service for all tests of a class that do not disturb each other.</summary>
public sealed class SharedService : IAsyncLifetime
{
    private TestService? _service;

    internal TestService Service => _service!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service?.DisposeAsync() ?? default;
}

using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace AnomalyApi.Traffic;

/// <summary>Refuses query parameters that nobody reads: a filter with a typo would give everything.</summary>
internal static class QueryNames
{
    private static readonly ConcurrentDictionary<Type, string[]> Known = new();

    /// <summary>Notes every parameter of the request that <paramref name="parameters"/> has no property for.</summary>
    public static void RefuseOthers(HttpRequest request, object parameters, Dictionary<string, string[]> errors) =>
        RefuseOthers(request, Known.GetOrAdd(parameters.GetType(), NamesOf), errors);

    /// <summary>Notes every parameter of the request that is not one of <paramref name="names"/>.</summary>
    public static void RefuseOthers(HttpRequest request, string[] names, Dictionary<string, string[]> errors)
    {
        foreach (var name in request.Query.Keys.Where(name => !names.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            errors[ErrorText.Shorten(name)] = [$"is not a parameter here. Known: {string.Join(", ", names)}."];
        }
    }

    private static string[] NamesOf(Type type) =>
        [.. type.GetProperties().Select(property => property.GetCustomAttribute<FromQueryAttribute>()?.Name).OfType<string>()];
}

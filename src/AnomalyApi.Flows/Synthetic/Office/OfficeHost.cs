namespace AnomalyApi.Flows.Synthetic;

/// <summary>A machine of the office.</summary>
/// <param name="IPv4">Its address.</param>
/// <param name="IPv6">Its second address; default for a machine without IPv6.</param>
internal readonly record struct OfficeHost(IpAddressValue IPv4, IpAddressValue IPv6)
{
    /// <summary>Whether it speaks both.</summary>
    public bool IsDualStack => IPv6 != default;
}

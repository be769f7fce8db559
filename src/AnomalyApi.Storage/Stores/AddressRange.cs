using AnomalyApi.Flows;

namespace AnomalyApi.Storage.Stores;

/// <summary>Addresses from <paramref name="First"/> to <paramref name="Last"/>, both included: one address, or a CIDR block.</summary>
public readonly record struct AddressRange(IpAddressValue First, IpAddressValue Last)
{
    /// <summary>The range of one address.</summary>
    public static AddressRange Of(IpAddressValue address) => new(address, address);
}

namespace AnomalyApi.Cli;

/// <summary>Something the user can put right: the message is printed as one line and the command ends with exit code 2.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(string message)
        : base(message)
    {
    }

    public CommandException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

using System.Security.Cryptography;

namespace Platform.Silo.Hosting;

/// <summary>Passwords for first users: 24 characters, over 130 bits, of every kind the policy asks for, safe to paste into a shell and into JSON.</summary>
internal static class RandomPassword
{
    private const string Upper = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const string Lower = "abcdefghijkmnpqrstuvwxyz";
    private const string Digits = "23456789";
    private const string Symbols = "-_.";

    public static string Create()
    {
        char[] text =
        [
            .. RandomNumberGenerator.GetItems<char>(Upper, 1),
            .. RandomNumberGenerator.GetItems<char>(Lower, 1),
            .. RandomNumberGenerator.GetItems<char>(Digits, 1),
            .. RandomNumberGenerator.GetItems<char>(Symbols, 1),
            .. RandomNumberGenerator.GetItems<char>(Upper + Lower + Digits, 20),
        ];
        RandomNumberGenerator.Shuffle<char>(text.AsSpan(1));
        return new string(text);
    }
}

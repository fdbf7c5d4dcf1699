using QRCoder;

namespace Platform.Api.SecondFactors;

internal static class QrCode
{
    private const int PixelsPerModule = 4;

    /// <summary>A scalable image without script, style or reference to anything else.</summary>
    public static string ToSvg(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M, forceUtf8: true);
        using var svg = new SvgQRCode(data);
        return svg.GetGraphic(PixelsPerModule, "#000", "#fff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}

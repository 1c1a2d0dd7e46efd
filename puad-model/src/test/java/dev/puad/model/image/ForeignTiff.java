package dev.puad.model.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferFloat;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Maps as ImageIO writes and reads them.
 *
 * @param order of the bytes
 * @param compression ImageIO's name of it, empty for none
 * @param tileWidth 0 for strips
 * @param tileHeight 0 for strips
 */
record ForeignTiff(ByteOrder order, String compression, int tileWidth, int tileHeight) {

  static ForeignTiff plain(ByteOrder order) {
    return new ForeignTiff(order, "", 0, 0);
  }

  static ForeignTiff compressed(String compression) {
    return new ForeignTiff(ByteOrder.LITTLE_ENDIAN, compression, 0, 0);
  }

  ForeignTiff inTiles(int width, int height) {
    return new ForeignTiff(order, compression, width, height);
  }

  byte[] encode(FloatMap map) {
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_FLOAT);
    WritableRaster raster = model.createCompatibleWritableRaster(map.width(), map.height());
    raster.setPixels(0, 0, map.width(), map.height(), map.values());
    return encode(new BufferedImage(model, raster, false, null));
  }

  byte[] encode(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      ImageWriteParam how = writer.getDefaultWriteParam();
      if (!compression.isEmpty()) {
        how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        how.setCompressionType(compression);
      }
      if (tileWidth > 0) {
        how.setTilingMode(ImageWriteParam.MODE_EXPLICIT);
        how.setTiling(tileWidth, tileHeight, 0, 0);
      }
      writer.write(streamMetadata(writer), new IIOImage(image, null, null), how);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  private IIOMetadata streamMetadata(ImageWriter writer) throws IOException {
    IIOMetadata metadata = writer.getDefaultStreamMetadata(null);
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode byteOrder = new IIOMetadataNode("ByteOrder");
    byteOrder.setAttribute("value", order.toString());
    IIOMetadataNode root = new IIOMetadataNode(format);
    root.appendChild(byteOrder);
    metadata.setFromTree(format, root);
    return metadata;
  }

  static FloatMap decode(byte[] encoded) {
    try {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(encoded));
      return new FloatMap(
          image.getWidth(),
          image.getHeight(),
          ((DataBufferFloat) image.getRaster().getDataBuffer()).getData());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.hivesync.core;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads JSON strictly, and members of it that may be missing or of another kind. */
public final class Json {

  private static final Gson GSON = new Gson();
  private static final TypeAdapter<JsonElement> ELEMENTS = GSON.getAdapter(JsonElement.class);

  private Json() {}

  /** Give the value; nothing if the text is not exactly one JSON value. (`JsonParser` takes any word for a text.) */
  public static Optional<JsonElement> parse(String text) {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      JsonElement value = ELEMENTS.read(reader);
      return reader.peek() == JsonToken.END_DOCUMENT ? Optional.of(value) : Optional.empty();
    } catch (IOException | JsonParseException | IllegalStateException notJson) {
      return Optional.empty();
    }
  }

  /** Give the object that the text holds; an empty one for anything else. */
  public static JsonObject objectOf(String text) {
    return parse(text).filter(JsonElement::isJsonObject).map(JsonElement::getAsJsonObject).orElseGet(JsonObject::new);
  }

  public static String write(JsonElement value) {
    return GSON.toJson(value);
  }

  /** Give a member's text, empty if it is missing or no text. */
  public static String text(JsonObject object, String name) {
    return primitive(object, name).filter(JsonPrimitive::isString).map(JsonPrimitive::getAsString).orElse("");
  }

  /** Give a whole number, or the other one if it is missing, broken or too large. */
  public static int number(JsonObject object, String name, int other) {
    Optional<String> digits = primitive(object, name).filter(JsonPrimitive::isNumber).map(JsonPrimitive::getAsString);
    return digits
      .filter(text -> text.matches("-?[0-9]{1,9}"))
      .map(Integer::parseInt)
      .orElse(other);
  }

  public static boolean flag(JsonObject object, String name) {
    return primitive(object, name).filter(JsonPrimitive::isBoolean).map(JsonPrimitive::getAsBoolean).orElse(false);
  }

  /** Give a member that is an object; an empty one otherwise. */
  public static JsonObject object(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonObject() ? value.getAsJsonObject() : new JsonObject();
  }

  public static boolean hasObject(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonObject();
  }

  /** Give those members of a list that are objects. */
  public static List<JsonObject> objects(JsonObject object, String name) {
    List<JsonObject> found = new ArrayList<>();
    for (JsonElement each : array(object, name)) {
      if (each.isJsonObject()) {
        found.add(each.getAsJsonObject());
      }
    }
    return found;
  }

  /** Give those members of a list that are texts. */
  public static List<String> texts(JsonObject object, String name) {
    List<String> found = new ArrayList<>();
    for (JsonElement each : array(object, name)) {
      if (each.isJsonPrimitive() && each.getAsJsonPrimitive().isString()) {
        found.add(each.getAsString());
      }
    }
    return found;
  }

  private static JsonArray array(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonArray() ? value.getAsJsonArray() : new JsonArray();
  }

  private static Optional<JsonPrimitive> primitive(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonPrimitive() ? Optional.of(value.getAsJsonPrimitive()) : Optional.empty();
  }
}

package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON is read strictly, and a member of another kind is as one that is missing. */
class JsonTest {

  @ParameterizedTest
  @ValueSource(strings = { "", "word", "<html>", "{'a': 1}", "{\"a\": 1", "{} {}", "[1,]", "{\"a\" = 1}" })
  void whatIsNoJsonIsNothing(String text) {
    assertTrue(Json.parse(text).isEmpty());
  }

  @Test
  void membersOfAnotherKindAreMissing() {
    String text = "{'text': 5, 'number': '5', 'flag': 1, 'real': 1.5, 'list': [1, {}, 'a']}".replace('\'', '"');
    var object = Json.objectOf(text);
    assertEquals("", Json.text(object, "text"));
    assertEquals(-1, Json.number(object, "number", -1));
    assertEquals(-1, Json.number(object, "real", -1));
    assertFalse(Json.flag(object, "flag"));
    assertEquals(1, Json.objects(object, "list").size());
    assertEquals(java.util.List.of("a"), Json.texts(object, "list"));
    assertTrue(Json.objects(object, "text").isEmpty());
  }

  @Test
  void deepNestingEndsNothing() {
    assertTrue(Json.parse("[".repeat(100_000)).isEmpty());
  }
}

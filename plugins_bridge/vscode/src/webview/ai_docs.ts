/** The page of a file's documentation. */
import { act, element, fillList, onClick, onView } from "./dom.ts";
import type { AiDocsView } from "./messages.ts";

function explanation({ title, line, text }: AiDocsView["explanations"][number]): HTMLElement {
  const article = document.createElement("article");
  const heading = document.createElement("button");
  heading.className = "place";
  heading.textContent = title;
  heading.addEventListener("click", () => {
    act("goTo", { line });
  });
  const body = document.createElement("p");
  body.textContent = text;
  article.append(heading, body);
  return article;
}

onClick("change");

onView<AiDocsView>((view) => {
  element("name").textContent = view.file;
  element("summary").textContent = view.summary;
  element("engine").textContent = view.engine;
  element("actions").hidden = !view.hasChange;
  fillList("concepts", "concept-list", view.concepts);
  fillList("notes", "note-list", view.notes);
  element("explanations").hidden = view.explanations.length === 0;
  element("explanation-list").replaceChildren(...view.explanations.map(explanation));
});

package dev.hivesync.intellij;

import com.intellij.lang.annotation.AnnotationHolder;
import com.intellij.lang.annotation.ExternalAnnotator;
import com.intellij.lang.annotation.HighlightSeverity;
import com.intellij.openapi.editor.Document;
import com.intellij.openapi.util.TextRange;
import com.intellij.openapi.vfs.VirtualFile;
import com.intellij.psi.PsiFile;
import dev.hivesync.core.features.BuildError;
import dev.hivesync.core.features.PlainText;
import java.util.List;

/** Build errors as the editor's own: underlined, in the error stripe and among the file's problems. */
public final class BuildErrorAnnotator extends ExternalAnnotator<String, List<BuildError>> {

  @Override
  public String collectInformation(PsiFile file) {
    VirtualFile virtual = file.getVirtualFile();
    return virtual == null || !HiveSyncSettings.get().getState().showsBuildErrors ? null : virtual.getPath();
  }

  @Override
  public List<BuildError> doAnnotate(String path) {
    return HiveSync.get().buildErrors().of(path);
  }

  @Override
  public void apply(PsiFile file, List<BuildError> errors, AnnotationHolder holder) {
    Document document = file.getViewProvider().getDocument();
    if (document == null) {
      return;
    }
    for (BuildError error : errors) {
      holder
        .newAnnotation(HighlightSeverity.ERROR, "HiveSync: " + error.text())
        .range(range(document, error))
        // A tooltip is HTML.
        .tooltip(PlainText.escaped("HiveSync: " + error.text()))
        .create();
    }
  }

  /** Give where it is drawn: from its column to the line's end. The text may have become shorter since. */
  private static TextRange range(Document document, BuildError error) {
    int last = Math.max(0, document.getLineCount() - 1);
    int line = Math.min(error.line() - 1, last);
    int end = document.getLineCount() == 0 ? 0 : document.getLineEndOffset(line);
    int start = document.getLineCount() == 0 ? 0 : document.getLineStartOffset(line) + error.column() - 1;
    return new TextRange(Math.min(start, end), end);
  }
}

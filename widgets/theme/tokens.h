// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QColor>
#include <QFont>
#include <QPalette>

#include <array>

class QWidget;

namespace oodscope {

enum class ThemeChoice { Light, Dark, System /* the lightness of the platform's own window colour */ };

/// One meaning, two places: painted over pictures (both themes alike), and as line or text on panels.
struct SemanticColour {
  QColor over;
  QColor line;
};

/// Every colour of the program. Nothing else names a colour, classes of a data set apart.
struct Tokens {
  bool dark = true;
  bool highContrast = false;
  // Surfaces.
  QColor window, panel, title, view, plot, input, alt, raised, hover;
  // Lines. `line` and `edge` are below 3:1 and never carry meaning alone.
  QColor line, edge, border, grid, strong;
  // Text, strongest first.
  QColor text, text2, text3;
  QColor accent, onAccent, selection, onSelection, focus;
  // States of a value or a message.
  QColor est, exact, ok, warn, err;
  // Decision, truth, runs.
  SemanticColour tp, fp, fn, tn, anomaly, normal, voidArea, a, b;
  /// Lines of kept runs beside A's, in their order; further ones begin again with another dash. Told apart from each
  /// other and from A by protan, deutan and tritan vision (OKLab x 100 at least 12), 3:1 on plots.
  std::array<QColor, 6> runs;
};

/// The dark or light table; `highContrast` replaces line and edge by strong.
[[nodiscard]] const Tokens& tokens(bool dark, bool highContrast = false);
/// The table that `palette` was built from: widgets paint from it and repaint on QEvent::PaletteChange.
[[nodiscard]] const Tokens& tokensFor(const QPalette& palette);
[[nodiscard]] const Tokens& tokensFor(const QWidget* widget);
/// Palette for all three groups. Disabled texts are at 42 %.
[[nodiscard]] QPalette buildPalette(const Tokens& tokens);
/// Roles of that palette which Qt has no name for. A widget never sets a palette of its own: it would miss a theme
/// change.
inline constexpr QPalette::ColorRole kPanelRole = QPalette::Light;               ///< dock contents, tables
inline constexpr QPalette::ColorRole kSecondaryRole = QPalette::LinkVisited;     ///< text2: captions, units
inline constexpr QPalette::ColorRole kTertiaryRole = QPalette::PlaceholderText;  ///< text3: notes, "not defined"
/// Fills `widget` with the panel colour.
void usePanelBackground(QWidget* widget);
/// `colour` at 42 % over whatever is below: disabled marks and texts.
[[nodiscard]] QColor disabledColour(const QColor& colour);

/// Sizes in device-independent pixels, grown with the font so that a larger one never clips. Designed for a font height
/// of 18 (10 pt Noto Sans at 96 dpi).
class Metrics {
public:
  explicit Metrics(const QFont& font);
  explicit Metrics(const QWidget* widget);
  /// `designPixels` at this font.
  [[nodiscard]] int px(double designPixels) const;
  [[nodiscard]] int control() const { return px(24); }
  [[nodiscard]] int row() const { return px(23); }
  [[nodiscard]] int thumbnailRow() const { return px(36); }
  [[nodiscard]] int frameRow() const { return px(55); }
  [[nodiscard]] int dockTitle() const { return px(26); }
  [[nodiscard]] int viewHeader() const { return px(24); }
  [[nodiscard]] int tabBar() const { return px(30); }
  [[nodiscard]] int status() const { return px(24); }
  [[nodiscard]] int banner() const { return px(30); }

private:
  double m_scale = 1.0;
};

/// The four sizes of type, from the base font.
[[nodiscard]] QFont tableFont(const QFont& base);    ///< 0.9: tables, dock titles
[[nodiscard]] QFont captionFont(const QFont& base);  ///< 0.825: captions, axis and table headers
[[nodiscard]] QFont titleFont(const QFont& base);    ///< 1.5, weight 600: start page
[[nodiscard]] QFont strongFont(const QFont& font);   ///< weight 600: titles, the current value
/// `font` if its ten digits are equally wide, else a face of the same size whose are: for columns of numbers.
[[nodiscard]] QFont numberFont(const QFont& font);

}  // namespace oodscope

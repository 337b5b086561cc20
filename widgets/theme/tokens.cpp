// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/tokens.h"

#include <QFontInfo>
#include <QFontMetricsF>
#include <QHash>
#include <QWidget>

#include <array>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kDesignFontHeight = 18.0;  // px, 10 pt Noto Sans at 96 dpi
constexpr double kDisabledOpacity = 0.42;

Tokens darkTokens() {
  Tokens t;
  t.dark = true;
  t.window = QColor(0x222427);
  t.panel = QColor(0x2A2C30);
  t.title = QColor(0x303338);
  t.view = QColor(0x141517);
  t.plot = QColor(0x1D1F22);
  t.input = QColor(0x1B1D20);
  t.alt = QColor(0x2E3135);
  t.raised = QColor(0x3A3D43);
  t.hover = QColor(0x45494F);
  t.line = QColor(0x3D4147);
  t.edge = QColor(0x565C65);
  t.border = QColor(0x17181A);
  t.grid = QColor(0x34373C);
  t.strong = QColor(0x747B85);
  t.text = QColor(0xE6E8EB);
  t.text2 = QColor(0xAEB4BC);
  t.text3 = QColor(0x9198A1);
  t.accent = QColor(0x2C74D0);
  t.onAccent = Qt::white;
  t.selection = QColor(0x2B4C74);
  t.onSelection = Qt::white;
  t.focus = QColor(0x7DB7FB);
  t.est = QColor(0xE3C66B);
  t.exact = QColor(0xAEB4BC);
  t.ok = QColor(0x7CC99A);
  t.warn = QColor(0xE3C66B);
  t.err = QColor(0xFF8A80);
  t.tp = {QColor(0x21C7B0), QColor(0x21C7B0)};
  t.fp = {QColor(0xFF9A1F), QColor(0xFF9A1F)};
  t.fn = {QColor(0xA64DE6), QColor(0xC58AF2)};
  t.tn = {QColor(0x565C65), QColor(0x94A6BD)};
  t.anomaly = {QColor(0xFF5C7A), QColor(0xFF7D95)};
  t.normal = {QColor(0x565C65), QColor(0x94A6BD)};
  t.voidArea = {QColor(0x8C9198), QColor(0x8C9198)};
  t.a = {QColor(0x5B9DF5), QColor(0x6AA9F8)};
  t.b = {QColor(0xE0B43A), QColor(0xE0B43A)};
  t.runs = {QColor(0xF55A9A), QColor(0x4DE6FE), QColor(0xBFAB00), QColor(0x7A69EF), QColor(0xCFDF90), QColor(0x9E7700)};
  return t;
}

Tokens lightTokens() {
  Tokens t = darkTokens();
  t.dark = false;
  t.window = QColor(0xE6E7E9);
  t.panel = QColor(0xF4F5F6);
  t.title = QColor(0xDFE1E4);
  t.view = QColor(0xC3C6CA);
  t.plot = Qt::white;
  t.input = Qt::white;
  t.alt = QColor(0xECEEF0);
  t.raised = Qt::white;
  t.hover = QColor(0xECEEF1);
  t.line = QColor(0xD0D3D7);
  t.edge = QColor(0xA3A9B1);
  t.border = QColor(0xBFC3C8);
  t.grid = QColor(0xE3E5E8);
  t.strong = QColor(0x7C828A);
  t.text = QColor(0x1A1C1F);
  t.text2 = QColor(0x50565E);
  t.text3 = QColor(0x666C75);
  t.accent = QColor(0x1F6FD0);
  t.selection = QColor(0xCFE1F8);
  t.onSelection = QColor(0x10243B);
  t.focus = QColor(0x1F6FD0);
  t.est = QColor(0x7A5B00);
  t.exact = QColor(0x50565E);
  t.ok = QColor(0x1C7A45);
  t.warn = QColor(0x7A5B00);
  t.err = QColor(0xB3261E);
  t.tp.line = QColor(0x087A6C);
  t.fp.line = QColor(0xA85400);
  t.fn.line = QColor(0x7A2FBD);
  t.tn = {QColor(0xA3A9B1), QColor(0x51657F)};
  t.anomaly.line = QColor(0xBF2447);
  t.normal = {QColor(0x565C65), QColor(0x51657F)};
  t.voidArea.line = QColor(0x6E747C);
  t.a.line = QColor(0x1F6FD0);
  t.b.line = QColor(0x8A6500);
  t.runs = {QColor(0xCC4B05), QColor(0x511C5F), QColor(0xC37E97), QColor(0x0000BF), QColor(0x830000), QColor(0x8E5378)};
  return t;
}

Tokens withHighContrast(Tokens t) {
  t.highContrast = true;
  t.line = t.strong;
  t.edge = t.strong;
  return t;
}

QFont scaled(const QFont& base, double factor) {
  QFont font(base);
  if (base.pointSizeF() > 0.0)
    font.setPointSizeF(base.pointSizeF() * factor);
  else
    font.setPixelSize(std::max(1, static_cast<int>(std::lround(base.pixelSize() * factor))));
  return font;
}

bool hasEqualDigits(const QFont& font) {
  const QFontMetricsF metrics(font);
  const double width = metrics.horizontalAdvance(QLatin1Char('0'));
  for (char digit = '1'; digit <= '9'; ++digit)
    if (std::abs(metrics.horizontalAdvance(QLatin1Char(digit)) - width) > 0.01) return false;
  return true;
}

}  // namespace

const Tokens& tokens(bool dark, bool highContrast) {
  static const std::array<Tokens, 4> kTables{lightTokens(), darkTokens(), withHighContrast(lightTokens()),
                                             withHighContrast(darkTokens())};
  return kTables[(dark ? 1U : 0U) + (highContrast ? 2U : 0U)];
}

const Tokens& tokensFor(const QPalette& palette) {
  const bool dark = palette.color(QPalette::Active, QPalette::Window).lightness() < 128;
  const bool highContrast = palette.color(QPalette::Active, QPalette::Mid) == tokens(dark, true).line;
  return tokens(dark, highContrast);
}

const Tokens& tokensFor(const QWidget* widget) { return tokensFor(widget ? widget->palette() : QPalette()); }

QColor disabledColour(const QColor& colour) {
  QColor faded(colour);
  faded.setAlphaF(static_cast<float>(static_cast<double>(colour.alphaF()) * kDisabledOpacity));
  return faded;
}

QPalette buildPalette(const Tokens& t) {
  QPalette palette;
  for (const auto group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled}) {
    const bool disabled = group == QPalette::Disabled;
    const auto text = [disabled](const QColor& colour) { return disabled ? disabledColour(colour) : colour; };
    palette.setColor(group, QPalette::Window, t.window);
    palette.setColor(group, QPalette::WindowText, text(t.text));
    palette.setColor(group, QPalette::Base, t.input);
    palette.setColor(group, QPalette::AlternateBase, t.alt);
    palette.setColor(group, QPalette::Text, text(t.text));
    palette.setColor(group, QPalette::PlaceholderText, text(t.text3));
    palette.setColor(group, QPalette::Button, t.raised);
    palette.setColor(group, QPalette::ButtonText, text(t.text));
    palette.setColor(group, QPalette::BrightText, t.onAccent);
    palette.setColor(group, kPanelRole, t.panel);
    palette.setColor(group, QPalette::Midlight, t.hover);
    palette.setColor(group, QPalette::Mid, t.line);
    palette.setColor(group, QPalette::Dark, t.edge);
    palette.setColor(group, QPalette::Shadow, t.border);
    palette.setColor(group, QPalette::Highlight, disabled ? t.line : t.selection);
    palette.setColor(group, QPalette::HighlightedText, text(t.onSelection));
    palette.setColor(group, QPalette::Link, t.a.line);
    palette.setColor(group, kSecondaryRole, text(t.text2));
    palette.setColor(group, QPalette::ToolTipBase, t.title);
    palette.setColor(group, QPalette::ToolTipText, t.text);
  }
  return palette;
}

void usePanelBackground(QWidget* widget) {
  widget->setBackgroundRole(kPanelRole);
  widget->setAutoFillBackground(true);
}

Metrics::Metrics(const QFont& font) : m_scale(QFontMetricsF(font).height() / kDesignFontHeight) {}
Metrics::Metrics(const QWidget* widget) : Metrics(widget->font()) {}
int Metrics::px(double designPixels) const { return static_cast<int>(std::lround(designPixels * m_scale)); }

QFont tableFont(const QFont& base) { return scaled(base, 0.9); }
QFont captionFont(const QFont& base) { return scaled(base, 0.825); }
QFont titleFont(const QFont& base) { return strongFont(scaled(base, 1.5)); }
QFont strongFont(const QFont& font) {
  QFont strong(font);
  strong.setWeight(QFont::DemiBold);
  return strong;
}

QFont numberFont(const QFont& font) {
  static QHash<QString, QString> known;  // family asked for -> family to use
  const QString asked = QFontInfo(font).family();
  auto found = known.constFind(asked);
  if (found == known.constEnd()) {
    QString family = asked;
    for (const char* candidate : {"", "Noto Sans", "DejaVu Sans"}) {
      QFont tried(font);
      if (*candidate != '\0') tried.setFamily(QLatin1String(candidate));
      if (!hasEqualDigits(tried)) continue;
      family = QFontInfo(tried).family();
      break;
    }
    found = known.insert(asked, family);
  }
  QFont result(font);
  if (*found != asked) result.setFamily(*found);
  return result;
}

}  // namespace oodscope

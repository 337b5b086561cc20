#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists every control of the main window as a screen reader is told of it, and fails where one has no name.

accessible_names.py PROGRAM SESSION: under a display and a session bus (dbus-run-session, xvfb-run). 77: cannot be tried here.
"""
import os
import subprocess
import sys
import tempfile
import time

try:
    import pyatspi
except ImportError:
    print("skipped: python3-pyatspi is not installed")
    sys.exit(77)

LONGEST = 120  # seconds until the window is there and settled
CONTROLS = {
    pyatspi.ROLE_PUSH_BUTTON, pyatspi.ROLE_TOGGLE_BUTTON, pyatspi.ROLE_CHECK_BOX, pyatspi.ROLE_RADIO_BUTTON,
    pyatspi.ROLE_COMBO_BOX, pyatspi.ROLE_SPIN_BUTTON, pyatspi.ROLE_SLIDER, pyatspi.ROLE_TEXT, pyatspi.ROLE_ENTRY,
    pyatspi.ROLE_PAGE_TAB, pyatspi.ROLE_PAGE_TAB_LIST, pyatspi.ROLE_MENU, pyatspi.ROLE_MENU_ITEM,
    pyatspi.ROLE_CHECK_MENU_ITEM, pyatspi.ROLE_LIST, pyatspi.ROLE_TREE, pyatspi.ROLE_TABLE, pyatspi.ROLE_TREE_TABLE,
    pyatspi.ROLE_PROGRESS_BAR,
}


def application(pid):
    """The program among those on the bus; None while it is not there."""
    for app in pyatspi.Registry.getDesktop(0):
        if app is not None and app.get_process_id() == pid and app.childCount > 0:
            return app
    return None


def walk(node, path=()):
    """Every accessible below `node` with the names above it."""
    for child in node:
        if child is None:
            continue
        here = path + (child.name or child.getRoleName(),)
        yield child, here
        role = child.getRole()
        # Cells are data, and the entries of a closed box are its list's.
        if role not in (pyatspi.ROLE_TABLE, pyatspi.ROLE_TREE, pyatspi.ROLE_TREE_TABLE, pyatspi.ROLE_LIST,
                        pyatspi.ROLE_COMBO_BOX, pyatspi.ROLE_SPIN_BUTTON):
            yield from walk(child, here)


def is_separator(node, role):
    return role in (pyatspi.ROLE_MENU_ITEM,) and not node.getState().contains(pyatspi.STATE_FOCUSABLE) and not node.name


def wait_for(program):
    end = time.time() + LONGEST
    while time.time() < end and program.poll() is None:
        app = application(program.pid)
        if app is not None:
            return app
        time.sleep(0.5)
    return None


def main():
    home = tempfile.TemporaryDirectory()
    environment = dict(os.environ, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", QT_ACCESSIBILITY="1", XDG_CONFIG_HOME=home.name,
                       XDG_CACHE_HOME=home.name, XDG_DATA_HOME=home.name, XDG_STATE_HOME=home.name)
    program = subprocess.Popen([sys.argv[1], "--session", sys.argv[2], "--size", "1440x900"], env=environment)
    try:
        app = wait_for(program)
        if app is None:
            print("skipped: the program is not on an accessibility bus" if program.poll() is None
                  else f"the program ended: {program.returncode}")
            return 77 if program.poll() is None else 1
        time.sleep(8)  # sets are opened, actions enabled
        controls, nameless = 0, []
        for node, path in walk(app):
            role = node.getRole()
            if role not in CONTROLS or is_separator(node, role):
                continue
            controls += 1
            print(f"{node.getRoleName():18} {' / '.join(path[1:])}")
            # A dock's tab bar is called what its current tab is; one that holds no tab is nowhere.
            tabs = [child for child in node if child.getRole() == pyatspi.ROLE_PAGE_TAB]
            if not node.name.strip() and not (node.getRole() == pyatspi.ROLE_PAGE_TAB_LIST and not tabs):
                nameless.append(" / ".join(path))
        print(f"{controls} controls, {len(nameless)} without a name")
        for path in nameless:
            print("no name:", path)
        return 1 if nameless or controls < 100 else 0
    finally:
        program.terminate()
        program.wait(20)


if __name__ == "__main__":
    sys.exit(main())

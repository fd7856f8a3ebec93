"""Everything but the editor: knows no `sublime` module, so that it runs in any Python from 3.8 on."""

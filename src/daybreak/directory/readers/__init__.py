"""Turn the bytes of somebody's file into rows and problems; they know no database and no clock."""

"""The page in the browser on which IT sees how the server and its workstations are."""
